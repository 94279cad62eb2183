package locale

import "strings"

// Info is what is known of a language: its name in English and in itself, and whether it is written from right to left.
type Info struct {
	Code, Name, Local string
	Bidi              bool
}

// Languages returns the languages that Django knows, by code.
func Languages() []Info {
	var out []Info
	for line := range strings.SplitSeq(languages, "\n") {
		if part := strings.Split(line, "|"); len(part) == 3 {
			out = append(out, Info{part[0], part[1], part[2], rightToLeft(part[0])})
		}
	}
	return out
}

func rightToLeft(code string) bool {
	switch code {
	case "ar", "ar-dz", "ckb", "fa", "he", "ug", "ur":
		return true
	}
	return false
}

// IsBidi says whether the language of a code is written from right to left.
func IsBidi(code string) bool { return rightToLeft(code) || rightToLeft(strings.Split(code, "-")[0]) }

// InfoOf returns what is known of a code; of the language without its variant if the variant is not known.
func InfoOf(code string) (Info, bool) {
	for _, want := range []string{code, strings.Split(code, "-")[0]} {
		want = chinese(want)
		for _, info := range Languages() {
			if info.Code == want {
				return info, true
			}
		}
	}
	return Info{}, false
}

func chinese(code string) string {
	switch code {
	case "zh-cn", "zh-my", "zh-sg":
		return "zh-hans"
	case "zh-hk", "zh-mo", "zh-tw":
		return "zh-hant"
	}
	return code
}

const languages = `af|Afrikaans|Afrikaans
ar|Arabic|العربيّة
ar-dz|Algerian Arabic|العربية الجزائرية
ast|Asturian|asturianu
az|Azerbaijani|Azərbaycanca
bg|Bulgarian|български
be|Belarusian|беларуская
bn|Bengali|বাংলা
br|Breton|brezhoneg
bs|Bosnian|bosanski
ca|Catalan|català
ckb|Central Kurdish (Sorani)|کوردی
cs|Czech|česky
cy|Welsh|Cymraeg
da|Danish|dansk
de|German|Deutsch
dsb|Lower Sorbian|dolnoserbski
el|Greek|Ελληνικά
en|English|English
en-au|Australian English|Australian English
en-gb|British English|British English
eo|Esperanto|Esperanto
es|Spanish|español
es-ar|Argentinian Spanish|español de Argentina
es-co|Colombian Spanish|español de Colombia
es-mx|Mexican Spanish|español de Mexico
es-ni|Nicaraguan Spanish|español de Nicaragua
es-ve|Venezuelan Spanish|español de Venezuela
et|Estonian|eesti
eu|Basque|Basque
fa|Persian|فارسی
fi|Finnish|suomi
fr|French|français
fy|Frisian|frysk
ga|Irish|Gaeilge
gd|Scottish Gaelic|Gàidhlig
gl|Galician|galego
he|Hebrew|עברית
hi|Hindi|हिंदी
hr|Croatian|Hrvatski
hsb|Upper Sorbian|hornjoserbsce
ht|Haitian Creole|Kreyòl Ayisyen
hu|Hungarian|Magyar
hy|Armenian|հայերեն
ia|Interlingua|Interlingua
io|Ido|ido
id|Indonesian|Bahasa Indonesia
ig|Igbo|Asụsụ Ìgbò
is|Icelandic|Íslenska
it|Italian|italiano
ja|Japanese|日本語
ka|Georgian|ქართული
kab|Kabyle|taqbaylit
kk|Kazakh|Қазақ
km|Khmer|Khmer
kn|Kannada|Kannada
ko|Korean|한국어
ky|Kyrgyz|Кыргызча
lb|Luxembourgish|Lëtzebuergesch
lt|Lithuanian|Lietuviškai
lv|Latvian|latviešu
mk|Macedonian|Македонски
ml|Malayalam|മലയാളം
mn|Mongolian|Mongolian
mr|Marathi|मराठी
ms|Malay|Bahasa Melayu
my|Burmese|မြန်မာဘာသာ
nb|Norwegian Bokmål|norsk (bokmål)
ne|Nepali|नेपाली
nl|Dutch|Nederlands
nn|Norwegian Nynorsk|norsk (nynorsk)
no|Norwegian|norsk
os|Ossetic|Ирон
pa|Punjabi|Punjabi
pl|Polish|polski
pt|Portuguese|Português
pt-br|Brazilian Portuguese|Português Brasileiro
ro|Romanian|Română
ru|Russian|Русский
sk|Slovak|slovenčina
sl|Slovenian|Slovenščina
sq|Albanian|shqip
sr|Serbian|српски
sr-latn|Serbian Latin|srpski (latinica)
sv|Swedish|svenska
sw|Swahili|Kiswahili
ta|Tamil|தமிழ்
te|Telugu|తెలుగు
tg|Tajik|тоҷикӣ
th|Thai|ภาษาไทย
tk|Turkmen|Türkmençe
tr|Turkish|Türkçe
tt|Tatar|Татарча
udm|Udmurt|Удмурт
ug|Uyghur|ئۇيغۇرچە
uk|Ukrainian|Українська
ur|Urdu|اردو
uz|Uzbek|oʻzbek tili
vi|Vietnamese|Tiếng Việt
zh-hans|Simplified Chinese|简体中文
zh-hant|Traditional Chinese|繁體中文`
