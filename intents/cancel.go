package intents

import "github.com/taskherald/herald/progress"

// cancelKind is a message that asks for the end of a task.
var cancelKind = kind{Kind: Kind{Intent: Cancel, Verb: progress.VerbCancel, About: "Ends a task.", Examples: []Example{
	{"en", "Cancel my CRM task"},
	{"en", "please stop CRM"},
	{"en", "can you kill the CRM job"},
	{"en", "call the CRM task off, wrong customer"},
	{"pt", "cancela a CRM"},
	{"pt", "pode cancelar a tarefa CRM?"},
	{"es", "cancela CRM"},
	{"es", "¿puedes cancelar la tarea CRM?"},
	{"de", "brich CRM ab"},
	{"de", "CRM bitte abbrechen"},
	{"fr", "annule CRM"},
	{"fr", "tu peux annuler la tâche CRM ?"},
}}}
