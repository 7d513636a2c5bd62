package setup

import "github.com/bwmarrin/discordgo"

// Command is a slash command as Discord keeps it, as far as it matters here.
type Command struct {
	Type        discordgo.ApplicationCommandType       `json:"type"`
	Name        string                                 `json:"name"`
	Description string                                 `json:"description"`
	Members     *string                                `json:"default_member_permissions"` // null: all may give it
	Adult       bool                                   `json:"nsfw"`
	Contexts    []discordgo.InteractionContextType     `json:"contexts"`
	Installs    []discordgo.ApplicationIntegrationType `json:"integration_types"`
	Options     []Option                               `json:"options"`
}

// Option is a subcommand, or what is typed behind one.
type Option struct {
	Type        discordgo.ApplicationCommandOptionType `json:"type"`
	Name        string                                 `json:"name"`
	Description string                                 `json:"description"`
	Required    bool                                   `json:"required,omitempty"`
	Complete    bool                                   `json:"autocomplete,omitempty"` // Discord asks Herald for choices while it is typed
	Options     []Option                               `json:"options,omitempty"`
}

// CommandName is what the command is called, without its slash.
const CommandName = "task"

// Commands are those of Herald: one, which stands in servers and in direct messages with
// the bot. A subcommand is a sentence for the bot, so that all it can do has the same words.
func Commands() []Command {
	return []Command{{
		Type: discordgo.ChatApplicationCommand, Name: CommandName, Description: "Ask about tasks, decide, or link your account",
		Contexts: []discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM},
		Installs: []discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
		Options: []Option{
			sub("ask", "Ask or say anything in plain words", typed("what", "Such as: what is waiting for me?")),
			sub("list", "List the tasks that are going on"),
			sub("show", "Show how a task stands", task()),
			sub("logs", "Show the output of a task", task()),
			sub("approve", "Approve what a task asks for", task()),
			sub("reject", "Reject what a task asks for", task()),
			sub("pause", "Pause a task", task()),
			sub("resume", "Let a paused task go on", task()),
			sub("cancel", "Cancel a task", task()),
			sub("retry", "Try a failed task again where it failed", task()),
			sub("restart", "Run a task again from its beginning", task()),
			sub("skip", "Skip the step that a task is at", task()),
			sub("link", "Link this account to you in Herald", typed("code", "The code that \"herald link\" or the page Accounts gave you")),
			sub("unlink", "Unlink this account"),
			sub("help", "Say what can be said"),
		},
	}}
}

func sub(name, description string, options ...Option) Option {
	return Option{Type: discordgo.ApplicationCommandOptionSubCommand, Name: name, Description: description, Options: options}
}

func typed(name, description string) Option {
	return Option{Type: discordgo.ApplicationCommandOptionString, Name: name, Description: description, Required: true}
}

// task is the option that names a task.
func task() Option {
	o := typed("task", "Its title or its id; the list has those that you may see")
	o.Complete = true
	return o
}
