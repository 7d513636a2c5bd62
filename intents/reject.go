package intents

import "github.com/taskherald/herald/progress"

// rejectKind is a message that asks for a no to what waits.
var rejectKind = kind{Kind: Kind{Intent: Reject, Verb: progress.VerbReject, About: "Rejects the step that waits for a decision.", Examples: []Example{
	{"en", "Reject my CRM task"},
	{"en", "reject step 3 of CRM: the price is wrong"},
	{"en", "turn down CRM"},
	{"pt", "rejeita a CRM"},
	{"es", "rechaza CRM"},
	{"de", "lehn CRM ab"},
	{"de", "CRM ablehnen"},
	{"fr", "rejette CRM"},
	{"fr", "refuse CRM"},
}}}
