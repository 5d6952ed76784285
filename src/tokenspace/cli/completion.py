"""``tokenspace completion``."""

from __future__ import annotations

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

_PROGRAM, _VARIABLE = "tokenspace", "_TOKENSPACE_COMPLETE"

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.ToString().Substring(0, [Math]::Min($cursorPosition, $commandAst.ToString().Length))
    $env:%(complete_var)s = "powershell_complete"
    $env:COMP_WORDS = $before
    $env:COMP_INCOMPLETE = $wordToComplete
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq "plain") {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
            } else {
                Get-ChildItem -Path "$wordToComplete*" | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new(
                        $_.Name, $_.Name, "ProviderItem", $_.FullName)
                }
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_INCOMPLETE -ErrorAction SilentlyContinue
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """PowerShell, which Click does not bring."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor and the one being written."""
        import os

        words = split_arg_string(os.environ.get("COMP_WORDS", ""))
        incomplete = os.environ.get("COMP_INCOMPLETE", "")
        arguments = words[1:]
        if incomplete and arguments and arguments[-1] == incomplete:
            arguments.pop()
        return arguments, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """``kind TAB value TAB help``."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


@click.command(short_help="Print a completion script for a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def command(shell: str) -> None:
    """Print a completion script for a shell.

    \b
    bash:        tokenspace completion bash > ~/.local/share/bash-completion/completions/tokenspace
    zsh:         tokenspace completion zsh > "${fpath[1]}/_tokenspace"
    fish:        tokenspace completion fish > ~/.config/fish/completions/tokenspace.fish
    powershell:  tokenspace completion powershell >> $PROFILE
    """
    from .main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    made = kind(cli, {}, _PROGRAM, _VARIABLE)
    # source() of the bash class runs bash to check its version, which need not be the shell that will read this.
    click.echo(made.source_template % made.source_vars())
