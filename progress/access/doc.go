// Package access turns credentials into callers: who is calling, and what they
// may do. What that lets them do to a task is said by the domain
// ([progress.Allow], [progress.Sees], [progress.MayDecide]); how credentials
// travel, in headers and cookies, is the business of the packages above.
//
//	a, err := access.New(store.NewAccess(d), access.Options{AdminToken: secret})
//	first, err := a.Bootstrap(ctx)       // on the first start: a way in
//	go a.Sweep(ctx)
//	caller, err := a.Token(ctx, bearer)  // on each request
//
// # People
//
// A person has a name, a role and groups. The role says what the person may do
// and whose tasks the person sees; [RoleAdmin], [RoleOperator], [RoleMember] and
// [RoleViewer] are all there are. People are never deleted, as their tasks go on
// naming them; they are disabled. There is always an enabled admin.
//
// # Credentials
//
// A token is for programs. It belongs to a person and has scopes; its rights
// are those that both its person's role and its scopes have. A session is for
// browsers. It begins with a token or with a login code, which is good once and
// for an hour, and has the rights of its person's role, within the scopes of
// what it began with. It ends when it was not used for 30 days, when it is 90
// days old, when its token expires or is revoked, or when its person is disabled.
//
// Nobody can give away more than they have: scopes are within those of the
// maker, and what an expiring token makes ends when that token does. Tokens,
// sessions and codes keep what they were made with, so that a revoked token
// takes with it all that was made with it, by any chain. What hangs on an admin
// token of [Options] is good while that one is configured.
//
// One person has at most 200 good tokens, 100 sessions and 20 open codes.
//
// All secrets have at least 160 random bits, so a fast hash is enough: the
// database has their SHA-256 and nothing else of them. The admin token of
// [Options] is chosen by a person; its hash is only in memory, and the database
// has 64 bits of a salted, slow hash of it, to tell it from the one before.
//
// # Speed and staleness
//
// A credential that was seen in the last five seconds is answered from memory.
// Changes made in this process count at once; those of another node within
// those five seconds. That holds for what [Access.Person] tells of somebody who
// is not calling, too. When a credential was used last is written in the
// background, at most once a minute.
package access
