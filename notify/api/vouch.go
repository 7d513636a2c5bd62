package api

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// vouched refuses a token that may do less than the links in the messages that it asks
// for: they approve and reject with all that its person may, whoever reads them.
func (s *server) vouched(c *kit.Call) error {
	if s.Sealer == nil || c.Who.Has(progress.MayApprove) {
		return nil
	}
	who, ok, err := s.Person(c.Ctx(), c.Who.Person)
	if err != nil || !ok || !who.Has(progress.MayApprove) {
		return progress.Trouble(err)
	}
	return &progress.Error{Code: progress.Forbidden, Say: "messages hold links that approve, and this token may not approve: use one with the scope approve, or log in"}
}
