// Package componenttest holds messages and forms to what Discord takes of components, and
// reads messages as Discord shows them.
//
// It reads plain JSON and knows no library. [Check] does what creating or editing a message
// does with its components before it takes them, [CheckModal] what opening a form does. Both
// are stricter than Discord where its pages say little: the smaller limit counts, and a field
// that is not documented is an error.
//
// [Read] is what is seen of a message once the client has parsed its Markdown, and what came
// of it beyond letters: pings, links, emoji, times. Pings are looked for in the text as it was
// sent, as Discord's servers do, whatever stands around them. A test that shows texts of
// strangers asks it.
//
// Sources: discord.com/developers/docs, components/reference and reference#message-formatting;
// for masked links discord-api-docs#6185 (backslashes are shown in them) and #7721 (none is
// made of a text with an address); for all that is not documented of the Markdown the
// findings that LyricLy/parse-discord made by trying. No binary has this package.
package componenttest
