package intents

import "github.com/taskherald/herald/progress"

// retryKind is a message that asks for another try of what failed.
var retryKind = kind{Kind: Kind{Intent: Retry, Verb: progress.VerbRetry, About: "Tries the failed step of a task again.", Examples: []Example{
	{"en", "Retry my CRM task"},
	{"en", "retry step 2 of CRM"},
	{"en", "try CRM again, the server is back"},
	{"pt", "tenta a CRM de novo"},
	{"es", "reintenta CRM"},
	{"de", "versuch CRM nochmal"},
	{"fr", "réessaie CRM"},
}}}
