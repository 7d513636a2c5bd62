package access

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db"
)

func TestSecretForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^hrld_[a-z2-7]{40}$`)
	seen := map[string]bool{}
	for range 1000 {
		s := newSecret(tokenPrefix)
		if !form.MatchString(s) || !shaped(s, tokenPrefix) || shaped(s, codePrefix) || seen[s] {
			t.Fatal(s)
		}
		seen[s] = true
	}
}

// TestSecretsDoNotPrint prints everything that holds secrets, in every way.
func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	const secret = "a-very-secret-secret"
	a, err := New(nil, Options{AdminToken: secret})
	if err != nil {
		t.Fatal(err)
	}
	var out journal
	held := []any{First{Token: secret, Code: secret}, &First{Token: secret}, Options{AdminToken: secret}, &Options{AdminToken: secret}, a}
	for _, v := range held {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			_, _ = fmt.Fprintf(&out, verb, v)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		_, _ = out.Write(b)
		out.log().Info("x", "value", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", v)
	}
	hidden := []string{secret, fmt.Sprintf("%x", secret), digestOf(secret).String()}
	for _, h := range hidden {
		if out.has(h) {
			t.Errorf("%s was printed", h)
		}
	}
	if !out.has(dots) {
		t.Error("nothing was printed")
	}
}

// TestSecretsAreNotStored looks for secrets in all columns of all rows, and in
// errors and what is listed.
func TestSecretsAreNotStored(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, token := w.token("ann", time.Time{}, "read")
		session, c := w.session("ann")
		code, _, err := w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		w.caller(adminSecret)
		if _, _, err := w.Login(ctx, adminSecret); err != nil {
			t.Fatal(err)
		}
		_, err1 := w.Token(ctx, token+"x")
		_, err2 := w.Session(ctx, session+"x")
		_, _, err3 := w.Login(ctx, code[:len(code)-1]+"!")
		var all strings.Builder
		tokens, _ := w.Directory().Tokens(ctx, boss, "")
		sessions, _ := w.Directory().Sessions(ctx, boss, "")
		_, _ = fmt.Fprintf(&all, "%v %v %v %+v %+v %+v", err1, err2, err3, c, tokens, sessions)
		n := dump(t, &all, w.d)
		for _, s := range []string{token, session, code, adminSecret, digestOf(adminSecret).String()} {
			if strings.Contains(all.String(), s[5:len(s)-1]) {
				t.Errorf("%s is kept in clear", s)
			}
		}
		for _, s := range []string{token, session, code} {
			if !strings.Contains(all.String(), digestOf(s).String()) {
				t.Errorf("the digest of %s is not among %d rows", s, n)
			}
		}
	})
}

// dump writes the rows of the access tables.
func dump(t testing.TB, to *strings.Builder, d *db.DB) (n int) {
	t.Helper()
	for _, table := range []string{"access_state", "people", "tokens", "sessions", "login_codes"} {
		err := d.Read(ctx, func(tx *db.Tx) error {
			rows, err := tx.Query(ctx, "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for ; rows.Next(); n++ {
				row := make([]any, len(columns))
				into := make([]any, len(columns))
				for i := range row {
					into[i] = &row[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				_, _ = fmt.Fprintln(to, row...)
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}
