package intents

import "github.com/taskherald/herald/progress"

// pauseKind is a message that asks for a halt.
var pauseKind = kind{Kind: Kind{Intent: Pause, Verb: progress.VerbPause, About: "Halts a task until it is resumed.", Examples: []Example{
	{"en", "Pause my CRM task"},
	{"en", "put CRM on hold"},
	{"en", "hold CRM for now"},
	{"en", "pause CRM for 20 minutes"},
	{"pt", "pausa a CRM"},
	{"es", "pausa CRM"},
	{"de", "pausiere CRM"},
	{"de", "halt CRM mal an"},
	{"fr", "mets CRM en pause"},
}}}
