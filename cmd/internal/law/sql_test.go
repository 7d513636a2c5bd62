package law

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// statement is how a string of SQL begins. English sentences begin with a
// capital and go on in small letters, so they do not match.
var statement = regexp.MustCompile(`(?s)^\s*(` +
	`SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s.*\sAS\s|` +
	`(CREATE|ALTER|DROP)\s+(UNIQUE\s+)?(TABLE|INDEX|VIEW|TRIGGER|DATABASE|SCHEMA)\s|` +
	`select\s.*\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\(|` +
	`(create|alter|drop)\s+(unique\s+)?(table|index|view|trigger|database|schema)\s)`)

// sql finds SQL outside the packages that own tables.
func sql(t *tree) []finding {
	var found findings
	for _, name := range t.names {
		if path.Ext(name) == ".sql" && !matchAny(ledgers, path.Dir(name)) {
			found.add(name, "is SQL: it belongs to a package that owns tables (%s)", words(ledgers))
		}
	}
	for _, p := range t.packages {
		if matchAny(ledgers, p.path) {
			continue
		}
		for _, f := range p.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				literal, ok := n.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					return true
				}
				if text, err := strconv.Unquote(literal.Value); err == nil && statement.MatchString(text) {
					found.add(f.path, "line %d holds SQL: it belongs to a package that owns tables (%s)", t.line(literal), words(ledgers))
				}
				return true
			})
		}
	}
	return found
}

// maxDialectFiles is how many files may know which database it is.
const maxDialectFiles = 3

// dialects counts the files for one database only, by their names.
func dialects(t *tree) []finding {
	var special []string
	for _, name := range t.names {
		low := strings.ToLower(name)
		source := strings.HasSuffix(low, ".sql") || strings.HasSuffix(low, ".go") && !strings.HasSuffix(low, "_test.go")
		named := strings.Contains(low, "sqlite") || strings.Contains(low, "postgres")
		if source && named && !matchAny(kits, path.Dir(name)) {
			special = append(special, name)
		}
	}
	if len(special) <= maxDialectFiles {
		return nil
	}
	return []finding{{".", "more than " + strconv.Itoa(maxDialectFiles) + " files are for one database only; write the SQL that both share: " + words(special)}}
}
