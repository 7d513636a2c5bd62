package api

import (
	"github.com/taskherald/herald/progress/api/kit"
)

// workflowsBase is where the workflows face begins.
const workflowsBase = "/api/workflows"

// workflowRefusal is what goes wrong on the workflows face.
type workflowRefusal struct {
	Success bool   `json:"success"` // false
	Error   string `json:"error"`
}

// refuseWorkflow answers as the workflows face does.
func refuseWorkflow(c *call, _ string, err error) {
	p := kit.ProblemOf(err)
	kit.Head(c.Writer.Header(), err)
	c.reply(p.Status, workflowRefusal{Error: p.Detail})
}

// workflowRoutes are those of the workflows face.
var workflowRoutes = []route{}
