package config

import "slices"

// A field is a setting's place in a Config, as text.
type field struct {
	list bool                                    // takes any number of words, others one or none
	set  func(c *Config, words []string) []error // an error, or nil, for each word; none makes it empty
	get  func(c *Config) []string                // what may be shown
}

// one is the field of a single value.
func one[T any](at func(*Config) *T, parse func(string) (T, error), format func(T) string) field {
	return field{
		set: func(c *Config, words []string) []error {
			if len(words) == 0 {
				*at(c) = *new(T)
				return nil
			}
			v, err := parse(words[0])
			if err == nil {
				*at(c) = v
			}
			return []error{err}
		},
		get: func(c *Config) []string { return []string{format(*at(c))} },
	}
}

// many is the field of a list, which is given as a whole.
func many(at func(*Config) *[]string, parse func(string) (string, error)) field {
	return field{
		list: true,
		set: func(c *Config, words []string) []error {
			list, errs := make([]string, len(words)), make([]error, len(words))
			for i, w := range words {
				list[i], errs[i] = parse(w)
			}
			*at(c) = list
			return errs
		},
		get: func(c *Config) []string { return slices.Clone(*at(c)) },
	}
}

// plain is the format of a text.
func plain(s string) string { return s }
