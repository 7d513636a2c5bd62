package discordfake

import (
	"context"
	"net/http"
	"strconv"
)

func getMember(c *call) (any, *refusal) {
	_, ours, bad := c.inGuild()
	if bad != nil {
		return nil, bad
	}
	if c.person(c.vars["user"]) == nil {
		return nil, no(http.StatusNotFound, 10013, "Unknown User")
	}
	p := c.member(c.vars["user"])
	if p == nil || !ours {
		return nil, no(http.StatusNotFound, 10007, "Unknown Member")
	}
	return c.memberShape(p, true), nil
}

func getUser(c *call) (any, *refusal) {
	if c.person(c.vars["user"]) == nil {
		return nil, no(http.StatusNotFound, 10013, "Unknown User")
	}
	return c.user(c.vars["user"]), nil
}

func getMe(c *call) (any, *refusal) {
	o := c.user(Bot)
	o["verified"], o["mfa_enabled"], o["email"], o["flags"] = true, true, nil, 0
	return o, nil
}

func listGuilds(c *call) (any, *refusal) {
	all := []object{}
	add := func(s Server, may int64) {
		all = append(all, object{
			"id": s.ID, "name": s.Name, "icon": nil, "owner": false, "permissions": strconv.FormatInt(may, 10), "features": []string{},
		})
	}
	if p := c.member(Bot); p != nil {
		add(Server{Guild, "Herald's"}, c.granted(p))
	}
	for _, s := range c.opts.Others {
		add(s, ordinary)
	}
	return all, nil
}

// application is the app as the API has it.
func application(c *call) object {
	return object{
		"id": App, "name": "Herald", "icon": nil, "description": "", "bot_public": false, "bot_require_code_grant": false, "verify_key": PublicKey, "flags": 0,
		"owner": c.user(Ana), "team": nil,
	}
}

// getApp says more of it than what is for everyone.
func getApp(c *call) (any, *refusal) {
	o := application(c)
	o["bot"], o["approximate_guild_count"], o["interactions_endpoint_url"] = c.user(Bot), 1+len(c.opts.Others), nil
	if e := c.fake.hub.endpoint; e != nil {
		o["interactions_endpoint_url"] = e.url
	}
	return o, nil
}

func getOAuthApp(c *call) (any, *refusal) { return application(c), nil }

func getGateway(c *call) (any, *refusal) {
	return object{"url": gatewayFor(c.r.Context(), c.fake, gatewayHost, "/gateway")}, nil
}

func getGatewayBot(c *call) (any, *refusal) {
	left, reset := c.fake.hub.budget()
	return object{
		"url": gatewayFor(c.r.Context(), c.fake, gatewayHost, "/gateway"), "shards": 1,
		"session_start_limit": object{"total": c.opts.Identify, "remaining": left, "reset_after": reset.Milliseconds(), "max_concurrency": 1},
	}, nil
}

// resumeAt is where a session goes on.
func resumeAt(ctx context.Context, d *Discord) string {
	return gatewayFor(ctx, d, resumeHost, "/resume")
}
