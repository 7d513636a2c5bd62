package intents

import "github.com/taskherald/herald/progress"

// skipKind is a message that asks to leave a step out.
var skipKind = kind{Kind: Kind{Intent: Skip, Verb: progress.VerbSkip, About: "Goes on without a step.", Examples: []Example{
	{"en", "Skip step 3 of CRM"},
	{"en", "skip the failed step of my CRM task"},
	{"en", "leave step 2 of CRM out"},
	{"pt", "pula o passo 3 da CRM"},
	{"es", "salta el paso 3 de CRM"},
	{"de", "überspring Schritt 3 von CRM"},
	{"fr", "saute l'étape 3 de CRM"},
}}}
