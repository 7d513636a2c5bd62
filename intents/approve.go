package intents

import "github.com/taskherald/herald/progress"

// approveKind is a message that asks for a yes to what waits.
var approveKind = kind{Kind: Kind{Intent: Approve, Verb: progress.VerbApprove, About: "Approves the step that waits for a decision.", Examples: []Example{
	{"en", "Approve my CRM task"},
	{"en", "sign off on CRM"},
	{"en", "approve step 3 of CRM, looks good"},
	{"pt", "aprova a CRM"},
	{"es", "aprueba CRM"},
	{"de", "gib CRM frei"},
	{"de", "CRM genehmigen"},
	{"fr", "approuve CRM"},
	{"fr", "valide l'étape 3 de CRM"},
}}}
