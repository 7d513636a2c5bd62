package api

// executionRoutes are those of the executions face.
var executionRoutes = []route{}
