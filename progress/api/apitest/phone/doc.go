// Package phone is a real browser for tests, as large as a phone's.
//
//	p := phone.Open(t)
//	p.Run(chromedp.Navigate(url))
//	p.Shows("what the page says")
//	p.Click("#button")
//
// Whatever fails ends the test, with what the page shows.
package phone
