using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Help;

/// <summary>
/// <c>openstack complete</c>: a bash function with every command's words and options in it, so that pressing Tab
/// starts no process.
/// </summary>
static class Completion
{
    public static int Write(string[] rest, Terminal terminal)
    {
        if (rest is ["--shell", not "bash", ..])
            throw new UsageError("openstack complete: error: only bash is known: openstack complete --shell bash");
        terminal.Out.Write(Script().ReplaceLineEndings("\n"));
        return 0;
    }

    private static string Script()
    {
        var lines = CommandTable.Entries.Select(entry =>
        {
            var syntax = new Syntax(entry.Name);
            entry.Create(syntax);
            return $"    ['{entry.Name}']='{string.Join(' ', syntax.Options.Select(line => line.Option.Name).Prepend("--help"))}'";
        });
        var globals = string.Join(' ', GlobalOptions.All.Select(setting => setting.Name)
            .Concat(GlobalOptions.Flags.Select(flag => flag.Names[^1])));
        return $$"""
            declare -gA _openstack_commands=(
            {{string.Join("\n", lines)}}
                ['complete']='--help'
                ['help']=''
            )
            _openstack()
            {
              local cur=${COMP_WORDS[COMP_CWORD]} path='' word name rest options=''
              local -A next=()
              COMPREPLY=()
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                [[ $word == -* ]] && continue
                for name in "${!_openstack_commands[@]}"; do
                  if [[ $name == "${path:+$path }$word" || $name == "${path:+$path }$word "* ]]; then
                    path="${path:+$path }$word"
                    break
                  fi
                done
              done
              [[ $path == help ]] && path=''
              if [[ $cur == -* ]]; then
                options="${_openstack_commands[${path:-help}]:-} {{globals}}"
              else
                for name in "${!_openstack_commands[@]}"; do
                  if [[ -z $path ]]; then
                    next[${name%% *}]=1
                  elif [[ $name == "$path "* ]]; then
                    rest=${name#"$path "}
                    next[${rest%% *}]=1
                  fi
                done
                options="${!next[*]}"
              fi
              COMPREPLY=($(compgen -W "$options" -- "$cur"))
            }
            complete -o default -F _openstack openstack

            """;
    }
}
