package api

import (
	"net/http"
	"slices"

	"github.com/taskherald/herald/progress"
)

// routes is the table of routes. Those of the verbs that people may want follow
// from the transition table.
func (s *server) routes() []route {
	return slices.Concat(taskRoutes, kindRoutes, wishRoutes(), liveRoutes, executionRoutes, []route{watchRoute}, workflowRoutes, socketRoutes, accessRoutes, serverRoutes, moduleRoutes)
}

// What a command needs is for the domain to say (progress.Allow): a task that
// the caller may not see does not exist for it, whatever its rights.
var taskRoutes = []route{
	{method: http.MethodPost, path: "/api/tasks", name: "createTask", do: createTask},
	{method: http.MethodGet, path: "/api/tasks", name: "listTasks", right: progress.MayRead, do: listTasks},
	{method: http.MethodPost, path: "/api/tasks/claim", name: "claimTask", right: progress.MayReport, do: claim},
	{method: http.MethodGet, path: "/api/tasks/:id", name: "getTask", right: progress.MayRead, do: getTask},
	{method: http.MethodGet, path: "/api/tasks/:id/progress", name: "getProgress", right: progress.MayRead, do: getProgress},
	{method: http.MethodPost, path: "/api/tasks/:id/progress", name: "report", do: report},
	{method: http.MethodPost, path: "/api/tasks/:id/heartbeat", name: "heartbeat", do: heartbeat},
	{method: http.MethodGet, path: "/api/tasks/:id/events", name: "getEvents", right: progress.MayRead, do: getEvents},
	{method: http.MethodGet, path: "/api/tasks/:id/logs", name: "getLogs", right: progress.MayRead, do: getLogs},
	{method: http.MethodPost, path: "/api/tasks/:id/logs", name: "appendLogs", do: appendLogs},
	{method: http.MethodGet, path: "/api/tasks/:id/history", name: "getHistory", right: progress.MayRead, do: history},
	{method: http.MethodGet, path: "/api/tasks/:id/steps/:n/approval", name: "awaitApproval", do: awaitApproval},
	{method: http.MethodPost, path: "/api/tasks/:id/steps/:n/approval", name: "askApproval", do: askApproval},
	{method: http.MethodPost, path: "/api/reports", name: "reportMany", right: progress.MayReport, do: bulk},
	{method: http.MethodGet, path: "/api/stats", name: "getStats", right: progress.MayRead, do: stats},
}

var liveRoutes = []route{
	{method: http.MethodGet, path: "/ws/tasks", name: "watchTasks", right: progress.MayRead, do: watchTasks},
	{method: http.MethodGet, path: "/ws/tasks/:id", name: "watchTask", right: progress.MayRead, do: watchTask},
}

var accessRoutes = []route{
	{method: http.MethodPost, path: "/api/login", name: "login", open: true, do: login},
	{method: http.MethodPost, path: "/api/logout", name: "logout", open: true, do: logout},
	{method: http.MethodGet, path: "/api/me", name: "getMe", do: getMe},
	{method: http.MethodGet, path: "/api/tokens", name: "listTokens", do: listTokens},
	{method: http.MethodPost, path: "/api/tokens", name: "createToken", do: createToken},
	{method: http.MethodDelete, path: "/api/tokens/:id", name: "revokeToken", do: revokeToken},
	{method: http.MethodGet, path: "/api/people", name: "listPeople", right: progress.MayAdmin, do: listPeople},
	{method: http.MethodPost, path: "/api/people", name: "addPerson", right: progress.MayAdmin, do: addPerson},
	{method: http.MethodPatch, path: "/api/people/:name", name: "changePerson", right: progress.MayAdmin, do: changePerson},
	{method: http.MethodPost, path: "/api/people/:name/login", name: "invite", do: invite},
}

var serverRoutes = []route{
	{method: http.MethodGet, path: "/login", name: "loginPage", face: pageFace, open: true, do: loginPage},
	{method: http.MethodGet, path: "/healthz", name: "alive", open: true, do: alive},
	{method: http.MethodGet, path: "/readyz", name: "ready", open: true, do: ready},
	{method: http.MethodGet, path: "/metrics", name: "getMetrics", right: progress.MayRead, do: metrics},
	{method: http.MethodGet, path: "/openapi.json", name: "openapi", open: true, do: openapi},
	{method: http.MethodGet, path: "/docs", name: "docs", open: true, do: docsPage},
}
