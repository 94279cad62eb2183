// Package archtest keeps the architecture true. It reads the source of the module, without building it, and reports
// whatever breaks a rule of the house:
//
//	module, err := archtest.Load(os.DirFS("."), "github.com/nuages-go/nuages")
//	for _, v := range archtest.Layers(module) {
//		t.Error(v)
//	}
//
// The rules are functions from a Module to violations, each of which names the place, the offence and the rule. They
// run as an ordinary test, over the real module and over small made-up ones that must fail.
package archtest
