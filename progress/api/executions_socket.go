package api

// executionsBase is where the executions face begins.
const executionsBase = "/api/v1"
