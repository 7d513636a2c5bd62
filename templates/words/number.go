package words

import (
	"math"
	"strconv"
	"strings"
)

// Number is a number with so many digits behind its point, 1,234.5 or 1.234,5 or
// as the language has it.
func (t *Tongue) Number(f float64, decimals int) string {
	digits := strconv.FormatFloat(math.Abs(f), 'f', decimals, 64)
	before, behind, fraction := strings.Cut(digits, ".")
	said := t.grouped(before)
	if fraction {
		said += t.Say("number.point") + behind
	}
	if f < 0 && strings.Trim(digits, "0.") != "" {
		return "-" + said
	}
	return said
}

// grouped sets the digits apart by threes. Some languages leave four digits
// together.
func (t *Tongue) grouped(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	if least, err := strconv.Atoi(t.Say("number.grouped_from")); err == nil && len(digits) < least {
		return digits
	}
	var out strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(t.Say("number.group"))
		}
		out.WriteRune(d)
	}
	return out.String()
}

// Percent is a percent from 0 to 100, rounded down: only what is done is 100%.
func (t *Tongue) Percent(p float64) string {
	return t.Say("number.percent", A("n", int(min(max(p, 0), 100))))
}
