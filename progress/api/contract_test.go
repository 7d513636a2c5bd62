package api

import (
	"sync"

	"github.com/taskherald/herald/progress/api/apitest/contract"
)

// theContract is that of this version. Reading the document takes a while.
var theContract = sync.OnceValues(func() (*contract.Contract, error) {
	d, err := describe((*server)(nil).routes(), "", "")
	if err != nil {
		return nil, err
	}
	return contract.New(d.json)
})
