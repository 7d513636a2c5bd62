package estimate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// jobOf is a run of so many steps that report every tenth percent.
func jobOf(dice *rand.Rand, n, steps int) *estimate.Run {
	size := 10 + 100*dice.Float64()
	r := &estimate.Run{ID: fmt.Sprint(n), Kind: "kind", Size: &size, Outcome: estimate.Success}
	for i := range steps {
		l := estimate.Lap{Name: fmt.Sprint("step ", i), State: estimate.Done, From: r.Elapsed, Active: float64(i+1) * (8 + 4*dice.Float64())}
		for p := 10.0; p <= 100; p += 10 {
			l.Curve = append(l.Curve, estimate.Point{Percent: p, At: l.Active * p / 100})
		}
		r.Laps = append(r.Laps, l)
		r.Elapsed += l.Active
	}
	return r
}

// learned is a book of 1,000 runs and, half way, one more.
func learned(steps int) (*estimate.Book, *estimate.Run) {
	dice := rand.New(rand.NewPCG(1, 2))
	b := estimate.NewBook()
	for n := range 1000 {
		b.Learn(jobOf(dice, n, steps))
	}
	r := jobOf(dice, 1000, steps)
	then := r.At(r.Elapsed / 2)
	return b, &then
}

func BenchmarkEstimate(b *testing.B) {
	for _, steps := range []int{1, 5, 12, 100, 1000} {
		b.Run(fmt.Sprint("steps=", steps), func(b *testing.B) {
			book, now := learned(steps)
			b.ReportAllocs()
			for b.Loop() {
				book.Estimate(now)
			}
		})
	}
}

func BenchmarkLearn(b *testing.B) {
	for _, steps := range []int{1, 5, 12, 100} {
		b.Run(fmt.Sprint("steps=", steps), func(b *testing.B) {
			book, _ := learned(steps)
			dice := rand.New(rand.NewPCG(3, 4))
			b.ReportAllocs()
			for n := 2000; b.Loop(); n++ {
				book.Learn(jobOf(dice, n, steps))
			}
		})
	}
}
