package words

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

const minute = time.Minute

// said is what each language says, in the order of Langs, with the spaces that do
// not break made plain.
func said(say func(*Tongue) string) []string {
	l := sound()
	var all []string
	for _, lang := range Langs() {
		all = append(all, strings.NewReplacer("\u00a0", "_", "\u202f", "~").Replace(say(l.Tongue(lang))))
	}
	return all
}

// hold compares what the languages say with what they should.
func hold(t *testing.T, what any, want []string, say func(*Tongue) string) {
	t.Helper()
	if got := said(say); !slices.Equal(got, want) {
		t.Errorf("%v is said as\n%q, want\n%q", what, got, want)
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high time.Duration
		want      []string
	}{
		{0, 50 * time.Second, []string{"less than a minute", "menos de um minuto", "menos de un minuto", "weniger als eine Minute", "moins d’une minute"}},
		{50 * time.Second, minute, []string{"about 1 minute", "cerca de 1 minuto", "alrededor de 1 minuto", "etwa 1 Minute", "environ 1_minute"}},
		{5 * time.Second, 5 * minute, []string{"up to 5 minutes", "no máximo 5 minutos", "como mucho 5 minutos", "höchstens 5 Minuten", "5_minutes au plus"}},
		{3 * minute, 5 * minute, []string{"about 3 to 5 minutes", "cerca de 3 a 5 minutos", "entre 3 y 5 minutos", "etwa 3 bis 5 Minuten", "environ 3 à 5_minutes"}},
		{50 * minute, 120 * minute, []string{"about 50 minutes to 2 hours", "cerca de 50 minutos a 2 horas", "entre 50 minutos y 2 horas", "etwa 50 Minuten bis 2 Stunden", "environ 50_minutes à 2_heures"}},
		{2 * time.Hour, 5 * time.Hour, []string{"about 2 to 5 hours", "cerca de 2 a 5 horas", "entre 2 y 5 horas", "etwa 2 bis 5 Stunden", "environ 2 à 5_heures"}},
		{240 * time.Hour, 400 * time.Hour, []string{"about 10 to 17 days", "cerca de 10 a 17 dias", "entre 10 y 17 días", "etwa 10 bis 17 Tage", "environ 10 à 17_jours"}},
	} {
		hold(t, fmt.Sprint(c.low, " to ", c.high), c.want, func(l *Tongue) string { return l.About(c.low, c.high) })
	}
}

// TestAmountsGrow holds that a longer time is never said as a shorter one.
func TestAmountsGrow(t *testing.T) {
	t.Parallel()
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	before := time.Duration(0)
	for d := time.Duration(0); d < 100*time.Hour; d += 7 * time.Second {
		a := Round(d)
		said := time.Duration(a.N) * units[a.Unit]
		if said < before || d > time.Minute && (said > 2*d || 2*said < d) {
			t.Fatalf("%v is said as %v, after %v", d, said, before)
		}
		before = said
	}
}

func TestTook(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration][]string{
		-time.Second:                  {"0.0 s", "0,0 s", "0,0 s", "0,0 s", "0,0_s"},
		12 * time.Second:              {"12 s", "12 s", "12 s", "12 s", "12_s"},
		time.Hour:                     {"1 h", "1 h", "1 h", "1 h", "1_h"},
		420 * time.Millisecond:        {"0.4 s", "0,4 s", "0,4 s", "0,4 s", "0,4_s"},
		200 * time.Second:             {"3 min 20 s", "3 min 20 s", "3 min 20 s", "3 min 20 s", "3_min 20_s"},
		2*time.Hour + 3*time.Minute:   {"2 h 3 min", "2 h 3 min", "2 h 3 min", "2 h 3 min", "2_h 3_min"},
		28 * time.Hour:                {"1 d 4 h", "1 dia 4 h", "1 día 4 h", "1 Tag 4 h", "1_j 4_h"},
		3000*24*time.Hour + time.Hour: {"3,000 d 1 h", "3.000 dias 1 h", "3000 días 1 h", "3.000 Tage 1 h", "3~000_j 1_h"},
	} {
		hold(t, d, want, func(l *Tongue) string { return l.Took(d) })
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration][]string{
		-time.Hour:              {"just now", "agora mesmo", "hace un instante", "gerade eben", "à l’instant"},
		9999 * time.Millisecond: {"just now", "agora mesmo", "hace un instante", "gerade eben", "à l’instant"},
		10 * time.Second:        {"10 seconds ago", "há 10 segundos", "hace 10 segundos", "vor 10 Sekunden", "il y a 10_secondes"},
		119 * time.Second:       {"1 minute ago", "há 1 minuto", "hace 1 minuto", "vor 1 Minute", "il y a 1_minute"},
		3 * time.Minute:         {"3 minutes ago", "há 3 minutos", "hace 3 minutos", "vor 3 Minuten", "il y a 3_minutes"},
		47 * time.Hour:          {"47 hours ago", "há 47 horas", "hace 47 horas", "vor 47 Stunden", "il y a 47_heures"},
		48 * time.Hour:          {"2 days ago", "há 2 dias", "hace 2 días", "vor 2 Tagen", "il y a 2_jours"},
	} {
		hold(t, d, want, func(l *Tongue) string { return l.Ago(d) })
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f        float64
		decimals int
		want     []string
	}{
		{0, 0, []string{"0", "0", "0", "0", "0"}},
		{-0.04, 1, []string{"0.0", "0,0", "0,0", "0,0", "0,0"}},
		{999.5, 1, []string{"999.5", "999,5", "999,5", "999,5", "999,5"}},
		{1234, 0, []string{"1,234", "1.234", "1234", "1.234", "1~234"}},
		{-12345.678, 2, []string{"-12,345.68", "-12.345,68", "-12.345,68", "-12.345,68", "-12~345,68"}},
		{1234567, 0, []string{"1,234,567", "1.234.567", "1.234.567", "1.234.567", "1~234~567"}},
	} {
		hold(t, c.f, c.want, func(l *Tongue) string { return l.Number(c.f, c.decimals) })
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64][]string{
		65:    {"65%", "65%", "65_%", "65_%", "65~%"},
		99.99: {"99%", "99%", "99_%", "99_%", "99~%"},
		-1:    {"0%", "0%", "0_%", "0_%", "0~%"},
		101:   {"100%", "100%", "100_%", "100_%", "100~%"},
	} {
		hold(t, p, want, func(l *Tongue) string { return l.Percent(p) })
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC) // the night in which Europe's clocks change
	for _, c := range []struct {
		at   time.Time
		zone string
		want []string
	}{
		{now.Add(-5 * time.Hour), "UTC", []string{"today 18:30", "hoje, 18:30", "hoy, 18:30", "heute um 18:30 Uhr", "aujourd’hui à 18:30"}},
		{now.Add(time.Hour), "UTC", []string{"tomorrow 00:30", "amanhã, 00:30", "mañana, 00:30", "morgen um 00:30 Uhr", "demain à 00:30"}},
		{now.Add(-24 * time.Hour), "UTC", []string{"yesterday 23:30", "ontem, 23:30", "ayer, 23:30", "gestern um 23:30 Uhr", "hier à 23:30"}},
		{now.Add(22 * time.Hour), "Europe/Berlin", []string{"today 23:30", "hoje, 23:30", "hoy, 23:30", "heute um 23:30 Uhr", "aujourd’hui à 23:30"}},
		{now.Add(23 * time.Hour), "Europe/Berlin", []string{"tomorrow 00:30", "amanhã, 00:30", "mañana, 00:30", "morgen um 00:30 Uhr", "demain à 00:30"}},
		{now.Add(4 * 24 * time.Hour), "America/Sao_Paulo", []string{"1 April, 20:30", "1º de abril, 20:30", "1 de abril, 20:30", "1. April um 20:30 Uhr", "1er avril à 20:30"}},
		{now.Add(5 * 24 * time.Hour), "UTC", []string{"2 April, 23:30", "2 de abril, 23:30", "2 de abril, 23:30", "2. April um 23:30 Uhr", "2 avril à 23:30"}},
		{now.AddDate(1, 0, -27), "UTC", []string{"1 March 2027, 23:30", "1º de março de 2027, 23:30", "1 de marzo de 2027, 23:30", "1. März 2027 um 23:30 Uhr", "1er mars 2027 à 23:30"}},
	} {
		z := zone(t, c.zone)
		hold(t, c.at, c.want, func(l *Tongue) string { return l.Clock(c.at, now, z) })
	}
	hold(t, "no zone", said(func(l *Tongue) string { return l.Clock(now, now, time.UTC) }), func(l *Tongue) string { return l.Clock(now, now, nil) })
}

// TestMonths is that each month has its own name.
func TestMonths(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		l, seen := sound().Tongue(lang), map[string]bool{}
		for m := time.January; m <= time.December; m++ {
			said := l.Clock(time.Date(2001, m, 2, 0, 0, 0, 0, time.UTC), time.Time{}, nil)
			if lang == "en" && !strings.Contains(said, m.String()) || seen[said] {
				t.Errorf("%s: %v is %q", lang, m, said)
			}
			seen[said] = true
		}
	}
}

func TestClockZone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 15, 0, 0, 0, time.UTC)
	for name, want := range map[string][]string{
		"UTC":               {"today 15:00 UTC", "hoje, 15:00 (UTC)", "hoy, 15:00 (UTC)", "heute um 15:00 Uhr (UTC)", "aujourd’hui à 15:00 (UTC)"},
		"Europe/Paris":      {"today 17:00 CEST", "hoje, 17:00 (CEST)", "hoy, 17:00 (CEST)", "heute um 17:00 Uhr (CEST)", "aujourd’hui à 17:00 (CEST)"},
		"America/Sao_Paulo": {"today 12:00 UTC-03:00", "hoje, 12:00 (UTC-03:00)", "hoy, 12:00 (UTC-03:00)", "heute um 12:00 Uhr (UTC-03:00)", "aujourd’hui à 12:00 (UTC-03:00)"},
		"Asia/Kathmandu":    {"today 20:45 UTC+05:45", "hoje, 20:45 (UTC+05:45)", "hoy, 20:45 (UTC+05:45)", "heute um 20:45 Uhr (UTC+05:45)", "aujourd’hui à 20:45 (UTC+05:45)"},
	} {
		z := zone(t, name)
		hold(t, name, want, func(l *Tongue) string { return l.ClockZone(now, now, z) })
	}
	hold(t, "no zone", said(func(l *Tongue) string { return l.ClockZone(now, now, time.UTC) }), func(l *Tongue) string { return l.ClockZone(now, now, nil) })
}

func TestList(t *testing.T) {
	t.Parallel()
	three := []string{"a", "b", "c"}
	hold(t, "and", []string{"a, b and c", "a, b e c", "a, b y c", "a, b und c", "a, b et c"}, func(l *Tongue) string { return l.List(three, false) })
	hold(t, "or", []string{"a, b or c", "a, b ou c", "a, b o c", "a, b oder c", "a, b ou c"}, func(l *Tongue) string { return l.List(three, true) })
	hold(t, "names", []string{"ann or the group ops", "ann ou o grupo ops", "ann o el grupo ops", "ann oder die Gruppe ops", "ann ou le groupe ops"},
		func(l *Tongue) string { return l.Names([]string{"ann", "group:ops"}) })
	en := sound().Tongue("en")
	for _, names := range [][]string{nil, {"ann"}, {"group:ops"}, {"ann", "group:ops"}, {"a", "b", "{last}", "group:"}} {
		if got, want := en.Names(names), progress.Names(names); got != want {
			t.Errorf("%q is %q, want %q", names, got, want)
		}
	}
}
