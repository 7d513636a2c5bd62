package access

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Person is someone who may have credentials.
type Person = store.Person

// Directory administers people, tokens and sessions. Every call says who calls;
// what that caller may not do is Forbidden. Its methods may be called from any
// goroutine, and may fail as Unavailable.
type Directory struct {
	*core
}

// Edit changes a person. What is nil stays.
type Edit struct {
	Role     *Role
	Groups   *[]string // names, without "group:", at most 100
	Disabled *bool
}

// People lists everyone by name, the disabled too. Only admins may.
func (d *Directory) People(ctx context.Context, by Caller) ([]Person, error) {
	if err := admins(by); err != nil {
		return nil, err
	}
	people, err := d.keep.People(ctx)
	return people, trouble(err)
}

// Person gives a person: admins everyone, others themselves.
func (d *Directory) Person(ctx context.Context, by Caller, name progress.Person) (Person, error) {
	if err := own(by, name); err != nil {
		return Person{}, err
	}
	p, ok, err := d.keep.Person(ctx, name)
	if err == nil && !ok {
		err = nobody(name)
	}
	return p, trouble(err)
}

// AddPerson makes a person of a name, a role and groups. Only admins may. A
// name is 1 to 200 characters that print, without "/" and "\"; it does not begin
// with "group:", and is neither "." nor ".." nor that of Herald itself. One that
// is taken is a Conflict, a disabled person's too.
func (d *Directory) AddPerson(ctx context.Context, by Caller, name string, r Role, groups []string) (Person, error) {
	if err := admins(by); err != nil {
		return Person{}, err
	}
	p := Person{Role: r, CreatedAt: d.stamp(), CreatedBy: by.Person}
	var err error
	if p.Name, err = personName(name); err != nil {
		return Person{}, err
	}
	if p.Groups, err = groupNames(groups); err != nil {
		return Person{}, err
	}
	if err := checkRole(r); err != nil {
		return Person{}, err
	}
	err = d.write(ctx, func(tx *store.AccessTx) error {
		_, taken, err := tx.Person(ctx, p.Name)
		if err != nil {
			return err
		}
		if taken {
			return refuse(progress.Conflict, "there is a person %q already", p.Name)
		}
		return tx.SavePerson(ctx, p)
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// EditPerson changes a person's role and groups, disables or enables. Only
// admins may. The last enabled admin stays one: anything else is a Conflict.
// Disabling ends the person's sessions and login codes for good, and shuts out
// the tokens until the person is enabled again.
func (d *Directory) EditPerson(ctx context.Context, by Caller, name progress.Person, e Edit) (Person, error) {
	if err := admins(by); err != nil {
		return Person{}, err
	}
	var p Person
	err := d.change(ctx, func(tx *store.AccessTx) error {
		was, ok, err := tx.Person(ctx, name)
		if err != nil {
			return err
		}
		if !ok {
			return nobody(name)
		}
		if p, err = d.edited(was, e); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, was, p); err != nil {
			return err
		}
		if disabled(p) {
			if err := tx.EndSessions(ctx, name); err != nil {
				return err
			}
		}
		return tx.SavePerson(ctx, p)
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// edited is a person after an edit.
func (d *Directory) edited(p Person, e Edit) (Person, error) {
	var err error
	if e.Role != nil {
		p.Role = *e.Role
	}
	if err := checkRole(p.Role); err != nil {
		return p, err
	}
	if e.Groups != nil {
		p.Groups, err = groupNames(*e.Groups)
	}
	if e.Disabled != nil && *e.Disabled != disabled(p) {
		p.DisabledAt = time.Time{}
		if *e.Disabled {
			p.DisabledAt = d.stamp()
		}
	}
	return p, err
}

// keepAnAdmin refuses an edit that would leave no enabled admin.
func keepAnAdmin(ctx context.Context, tx *store.AccessTx, was, is Person) error {
	admin := func(p Person) bool { return p.Role == RoleAdmin && !disabled(p) }
	if !admin(was) || admin(is) {
		return nil
	}
	n, err := tx.Enabled(ctx, RoleAdmin)
	if err == nil && n < 2 {
		err = refuse(progress.Conflict, "%s is the only admin; make somebody else one first", was.Name)
	}
	return err
}

// stamp is now, as exact as the database keeps it.
func (c *core) stamp() time.Time { return c.now().UTC().Truncate(time.Microsecond) }

func admins(by Caller) error {
	if by.Has(progress.MayAdmin) {
		return nil
	}
	return refuse(progress.Forbidden, "this needs the right to %s", progress.MayAdmin)
}

// own lets people at what is theirs, and admins at everything.
func own(by Caller, person progress.Person) error {
	if by.Credential != openCredential && by.Person != "" && by.Person == person {
		return nil
	}
	return admins(by)
}

func nobody(name progress.Person) error {
	return refuse(progress.NotFound, "there is no person %q", name)
}
