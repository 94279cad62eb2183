package sample

import (
	"fmt"
	"strconv"
	"strings"
)

// matches are the reports of the football season's first half.
func matches() []Article {
	opponents := []string{
		"Ferrow Athletic", "Harrow Cross", "Wendale United", "St Brannoc’s", "Marsh End", "Gannet Town", "Fenny Vale",
		"Northgate Rangers", "Port Ellery", "Aldersea", "Castle Dunmore", "Brackwater",
	}
	scorers := []string{"Okoro", "Lindqvist", "Bale-Pryce", "Marchetti", "Adeyemi", "Sutcliffe", "Tanaka", "Crewe"}
	reports := []string{
		"%[1]s scored after {a} minutes with a header that seemed to take its time, and Rovers, who had defended well, began at last to enjoy themselves. %[2]s had the ball in the net just before the interval and the flag was up; nobody argued.",
		"It was decided in the rain. %[1]s won the ball where nobody expected to see him, went past two defenders who were looking for their footing and shot low into the corner. %[2]s, brought on after {a} minutes, hit the bar.",
		"For an hour there was little to write down. Then %[1]s took a corner short, had it back, and crossed to where %[2]s was standing quite alone. The visitors’ trainer was still explaining when the teams came off.",
		"%[2]s missed from six yards and %[1]s scored from thirty, which tells most of the story. The goalkeeper was named man of the match by the sponsors, and shook his head.",
	}
	endings := []string{
		"Rovers travel by train next week, since the team bus has failed its test.",
		"There were {n} spectators, and one dog, which was returned at half time.",
		"The manager praised the groundsman. “We had the only dry pitch in the county, and look what we did with it.”",
		"“Ask me on Monday,” said the captain. He had a bag of ice on either knee.",
	}

	var out []Article
	for i, opponent := range opponents {
		d := rollFor("match " + opponent)
		ours, theirs := d.n(4), d.n(3)
		title := fmt.Sprintf("Rovers %d–%d %s: %s", ours, theirs, opponent, verdict(d, ours-theirs))
		place := pick(d, []string{"at home", "in front of a full west stand", "under lights that came on late", "in a stiff easterly"})
		summary := fmt.Sprintf("Saltmere Rovers %s %s %d–%d on Saturday, %s, and stay in the upper half of the table.",
			outcome(ours-theirs), opponent, max(ours, theirs), min(ours, theirs), place)
		body := fmt.Sprintf(reports[i%len(reports)], scorers[d.n(4)], scorers[4+d.n(4)])
		body = fill(body, "{a}", 9+d.n(70)) + "\n\n" + fill(endings[(i+i/4)%len(endings)], "{n}", 1800+d.n(2600))
		out = append(out, Article{Title: title, Summary: summary, Body: body, Tags: []string{"sport", "results"}})
	}
	return out
}

func fill(text, slot string, n int) string { return strings.ReplaceAll(text, slot, strconv.Itoa(n)) }

func outcome(margin int) string {
	switch {
	case margin > 0:
		return "beat"
	case margin < 0:
		return "lost to"
	}
	return "drew with"
}

func verdict(d *dice, margin int) string {
	switch {
	case margin > 1:
		return pick(d, []string{"a comfortable afternoon", "the new wings carry", "three points before tea"})
	case margin == 1:
		return pick(d, []string{"a narrow one, held", "one was enough", "late, but in time"})
	case margin == 0:
		return pick(d, []string{"honours and bruises shared", "a draw nobody wanted", "all square in the mud"})
	}
	return pick(d, []string{"a long walk back", "the defence sleeps in", "lessons, says the coach"})
}

// weather are the outlooks for the week.
func weather() []Article {
	type outlook struct{ title, summary, body string }
	outlooks := []outlook{
		{"Weekend weather: frost on Saturday, and a clear moon", "Cold air from the north-east brings the first frost of the season to the valley, with sun on both days.", "On the coast the thermometer stays just above zero. The wind drops on Saturday evening, so that fog is likely on the river before dawn. Gardeners should bring in the dahlias."},
		{"Weather: a week of rain, in instalments", "A string of lows passes to the north and sends rain across the county on every day but Wednesday.", "Sixty millimetres may fall on the moor by Friday. The river authority has opened the upper sluice and does not expect flooding. Wednesday is for drying things."},
		{"Gale warning for the estuary from Thursday noon", "South-westerly winds of force eight, with gusts of nine, are expected in the estuary from noon on Thursday.", "The island ferry will leave at six instead of nine. Owners of boats on the east moorings are asked to double their lines. The gale should blow itself out by Friday evening."},
		{"Weather: mild, grey and in no hurry", "High pressure over the sea keeps the week dry and dull, with eleven degrees by day and eight at night.", "There is little wind and little sun. Forecasters see no change before Sunday, and said so in the fewest words of the year."},
		{"Spring tide to cover the lower quay on Tuesday", "The highest tide of the autumn will put thirty centimetres of water on Old Quay at about seven on Tuesday morning.", "Cars should be moved by midnight. Boards have been laid from the fish market to the tram stop. With a northerly wind it may be ten centimetres more."},
		{"Weather: first snow on the moor, none in town", "Snow is forecast above three hundred metres on Sunday night; the city should see no more than sleet.", "The moor road has been gritted as far as Fenny Halt. Two of the new ploughs will be out for the first time, and children have been told which."},
		{"Weekend weather: sun for the regatta, wind for the sails", "A ridge of high pressure arrives in time for the autumn regatta, with a steady westerly of force four.", "Visibility is excellent. From the sea wall one should see the islands, and from the islands, it is said, the smoke of breakfast."},
		{"Weather: fog that came to stay", "Fog will lie in the estuary until Monday, thinning for an hour or two after lunch.", "Trains run normally, ferries by radar. Anyone who walks on the marsh should take a whistle, a friend and the inland path."},
		{"Thunder in November: what rolled over the city last night", "The thunderstorm that woke Lindenhill at three was the first in November for sixteen years.", "It struck the vane of St Brannoc’s, which now points to the east whatever the wind. Eleven hundred homes were without light until five. The rain gauge at the university holds thirty-one millimetres and a leaf."},
		{"October was the driest in forty years, and felt like it", "Only nineteen millimetres of rain fell in October, a quarter of the usual amount.", "Wells on the hill are low, and the grass on the common is the colour of a lion. Farmers have begun to feed hay. The reservoir, at 61 per cent, will last until spring."},
	}
	var out []Article
	for _, o := range outlooks {
		out = append(out, Article{Title: o.title, Summary: o.summary, Body: o.body, Tags: []string{"environment", "weather"}})
	}
	return out
}

// shipping are the notes from the harbour office.
func shipping() []Article {
	ships := []struct{ name, kind, from, cargo, remark string }{
		{"Astrid Holm", "a coaster", "Bergen", "1,900 tonnes of gravel", "Her mate learnt his trade on the Saltmere pilot boat and asked for the same berth."},
		{"Ocean Thistle", "a bulk carrier", "Santos", "22,000 tonnes of sugar", "She is the longest ship to pass the north channel since it was deepened."},
		{"Vrouwe Johanna", "a sailing clipper", "Rotterdam", "coffee, rum and thirty-one passengers", "She took eleven days, four of them waiting for wind."},
		{"Baltic Heron", "a timber ship", "Riga", "sawn pine", "Half of it goes to the boatyard at Marsh End, which has orders until June."},
		{"Stella Nera", "a tanker", "Trieste", "olive oil", "The hoses were tested with water first, and the water was kept by a restaurant."},
		{"Kong Harald II", "a cruise ship", "Tromsø", "1,140 passengers", "They had six hours ashore. The fish market sold out of everything that could be eaten standing."},
		{"Hesperus", "a cable layer", "Brest", "four hundred miles of cable", "Nobody in the harbour office mentioned the poem, and the master thanked them for it."},
		{"Lady Fenwick", "a dredger", "Hull", "nothing, for the present", "She will stay until March and has asked residents to complain by telephone rather than by horn."},
		{"Polar Tern", "a research ship", "Svalbard", "ice cores in a cold store", "Schools may visit on Thursday, in coats."},
		{"Maria do Mar", "a fishing vessel", "Aveiro", "salt cod", "Her cook won the harbour’s soup contest of 2019 and has been asked to defend the title."},
		{"Granite State", "a container ship", "Halifax", "880 containers", "One of them is addressed to the puppet theatre and may contain a whale."},
		{"Solveig", "a training ship", "Gothenburg", "sixty-two cadets", "They manned the yards on entering, and one dropped a cap, which was returned by a seal."},
		{"Northern Patience", "a tug", "Aberdeen", "a barge with two turbine blades", "Each blade is as long as the nave of the cathedral. They leave by road at night."},
		{"Tidewater Belle", "a car carrier", "Zeebrugge", "1,300 cars and one combine", "The combine was driven off first, by a farmer who had been waiting since five."},
		{"Esperanza", "a reefer", "Guayaquil", "bananas", "A tree frog found among them is in good health and has an appointment at the zoo."},
		{"Skjold", "a naval patrol ship", "Kiel", "a crew of forty", "The ship is open to visitors on Sunday from ten. The band will play until asked to stop."},
		{"Silver Darling", "a herring drifter", "Lerwick", "a hundred barrels in salt", "She was built here in 1911 and came home under her own sail, for a new mast."},
		{"Cape Clarity", "a survey ship", "Cork", "sonar and a cat", "She will chart the channel until Christmas. The cat does not go ashore."},
		{"Annelise", "a coaster", "Emden", "seed potatoes", "They were unloaded in the rain at the request of the buyer, who likes to see them washed."},
		{"Meridian Star", "a livestock carrier", "Leith", "four hundred sheep", "Nine went over the side and swam to the lifeboat slip, where they were counted twice."},
		{"Alba Longa", "a general cargo ship", "Genoa", "marble, tiles and a carousel", "The carousel goes to the park. Its horses were carried ashore one by one."},
		{"Wend Trader", "a river barge", "upstream", "barley", "She is the first barge in nine years to come down with a full load, and had two feet to spare at the bridge."},
		{"Guillemot", "a buoy tender", "the islands", "eleven buoys for repainting", "The green ones had been visited by cormorants, the red ones by a yacht."},
		{"Ostara", "a wind-assisted freighter", "Le Havre", "wine and bicycles", "Her four sails saved a third of the fuel. The harbour’s crane drivers asked for a tour."},
		{"Bright Water", "a water tanker", "the mainland", "drinking water for the islands", "The wells there should be full again by Christmas; the tanker’s crew has been invited back for a swim."},
		{"Hollin", "a sand dredger", "the banks", "sand for the beach", "It is the same sand, the engineer said, that the beach lost in January."},
		{"Nordlys", "an island ferry", "the yard", "new engines", "She is quieter by half. Regular passengers complain that one now hears the conversations."},
		{"Corvina", "a yacht of 1904", "Cowes", "a crew of nine", "She is here for her centenary refit, which is twenty-two years late."},
		{"Tern Island", "a wood-chip carrier", "Turku", "fuel for the heating works", "It smells of Christmas on the quay, and will until Thursday."},
		{"Old Amity", "a museum ship", "the dry dock", "her own bell, recast", "It was rung once for each year that it had been silent."},
		{"Mercator", "a container feeder", "Antwerp", "640 containers", "Her master, on his last voyage, brought her in without a tug, and was sent the bill for one as a joke."},
		{"Lumen", "a lighthouse tender", "Gannet Rock", "a lens weighing two tons", "The lens goes to the museum. It was made in Paris in 1862 and has not a scratch."},
	}
	var out []Article
	for i, s := range ships {
		verb := []string{"arrives from", "is in from", "berths from"}[i%3]
		title := fmt.Sprintf("Harbour log: %s %s %s", s.name, verb, s.from)
		summary := fmt.Sprintf("The %s, %s, came in on the morning tide with %s.", s.name, s.kind, s.cargo)
		d := rollFor(title)
		body := s.remark + "\n\n" + fill(pick(d, []string{
			"High water on the day of her arrival was at {n} minutes past six. Two pilots were on duty, and there was a light swell at the bar.",
			"She lies at berth {n} and is expected to leave at the weekend. The public may watch from the gallery of the harbour office.",
			"The harbour office recorded {n} movements on the day, not counting the ferry.",
		}), "{n}", 4+d.n(50))
		out = append(out, Article{Title: title, Summary: summary, Body: body, Tags: []string{"harbour", "shipping"}})
	}
	return out
}
