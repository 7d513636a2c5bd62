package intents

import "github.com/taskherald/herald/progress"

// restartKind is a message that asks for a task from its beginning.
var restartKind = kind{Kind: Kind{Intent: Restart, Verb: progress.VerbRestart, About: "Starts a whole task over, cancelling it first where it runs.", Examples: []Example{
	{"en", "Restart my CRM task"},
	{"en", "Cancel my CRM task and start over"},
	{"en", "do CRM again from scratch"},
	{"en", "rerun CRM because the data was stale"},
	{"pt", "reinicia a CRM"},
	{"pt", "começa a CRM do zero"},
	{"es", "reinicia CRM"},
	{"es", "empieza CRM desde cero"},
	{"de", "starte CRM neu"},
	{"de", "CRM nochmal von vorne"},
	{"fr", "redémarre CRM"},
	{"fr", "recommence CRM depuis le début"},
}}}
