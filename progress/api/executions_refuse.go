package api

import "github.com/taskherald/herald/progress/api/kit"

// executionRefusal is what goes wrong on the executions face.
type executionRefusal struct {
	Detail any `json:"detail"` // a text, or a list of what is wrong in the request
}

// refuseExecution answers as the executions face does.
func refuseExecution(c *call, _ string, err error) {
	p := kit.ProblemOf(err)
	kit.Head(c.Writer.Header(), err)
	c.reply(p.Status, executionRefusal{p.Detail})
}
