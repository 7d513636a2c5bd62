package intents

import "github.com/taskherald/herald/progress"

// resumeKind is a message that asks to go on.
var resumeKind = kind{Kind: Kind{Intent: Resume, Verb: progress.VerbResume, About: "Goes on with a task that is paused.", Examples: []Example{
	{"en", "Resume my CRM task"},
	{"en", "carry on with CRM"},
	{"en", "unpause CRM please"},
	{"pt", "retoma a CRM"},
	{"pt", "continua a CRM"},
	{"es", "reanuda CRM"},
	{"de", "setz CRM fort"},
	{"de", "mach mit CRM weiter"},
	{"fr", "reprends CRM"},
}}}
