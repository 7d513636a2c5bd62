package access

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Role is what a person is to Herald.
type Role = store.Role

// The roles.
const (
	RoleAdmin    Role = "admin"    // everything
	RoleOperator Role = "operator" // reads, reports, operates and approves; everyone's tasks
	RoleMember   Role = "member"   // the same; its own, its groups' and ownerless tasks
	RoleViewer   Role = "viewer"   // reads; everyone's tasks
)

// roles are all there are, as errors list them.
var roles = [...]Role{RoleAdmin, RoleOperator, RoleMember, RoleViewer}

const (
	everyday  = progress.MayRead | progress.MayReport | progress.MayOperate | progress.MayApprove
	allRights = everyday | progress.MayAdmin
)

// Rights are what a role may do; none for one that there is not.
func Rights(r Role) progress.Right {
	switch r {
	case RoleAdmin:
		return allRights
	case RoleOperator, RoleMember:
		return everyday
	case RoleViewer:
		return progress.MayRead
	}
	return 0
}

// Scopes are the names of the rights in a set: read, report, operate, approve,
// admin, in this order.
func Scopes(set progress.Right) []string {
	out := []string{}
	for r := progress.MayRead; r <= progress.MayAdmin; r <<= 1 {
		if set&r != 0 {
			out = append(out, r.String())
		}
	}
	return out
}

// rightsNamed is the set of the rights that are named; admin includes every
// other. Names that are none, such as those of a newer Herald, give nothing.
func rightsNamed(names []string) (set progress.Right) {
	for r := progress.MayRead; r <= progress.MayAdmin; r <<= 1 {
		if slices.Contains(names, r.String()) {
			set |= r
		}
	}
	return whole(set)
}

// whole is the set with all that it includes.
func whole(set progress.Right) progress.Right {
	if set&progress.MayAdmin != 0 {
		return allRights
	}
	return set
}
