package api

import (
	"fmt"
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/webpage"
)

// showKinds is GET /kinds.
func showKinds(c *call) error {
	kinds, more, err := kindsOf(c)
	if err != nil {
		return err
	}
	view := webpage.Kinds{Kinds: kinds}
	if more && len(kinds) < maxKindPage {
		view.More = fmt.Sprintf("/kinds?limit=%d", maxKindPage)
	}
	body, err := c.layout.Kinds(pageOf(c), view)
	return show(c, http.StatusOK, body, err)
}

// showKind is GET /kinds/{kind}. A task leads there before a run of its kind has
// ended, so that the page of none says what will be there.
func showKind(c *call) error {
	status := http.StatusOK
	kind, err := kindOf(c, store.PastQuery{Kind: c.Param("kind")})
	if progress.CodeOf(err) == progress.NotFound {
		status, err = http.StatusNotFound, nil
		kind.Kind = c.Param("kind")
	}
	if err != nil {
		return err
	}
	body, err := c.layout.Kind(pageOf(c), kind)
	return show(c, status, body, err)
}
