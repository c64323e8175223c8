#include "cli/completion.h"

#include "cli/command.h"

namespace windlass::cli {
namespace {

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// What `windlass completion --list` calls it; empty: nothing to ask for.
std::string_view list_of(Values values) {
  if (values == Values::run) return "runs";
  if (values == Values::step) return "steps";
  if (values == Values::command) return "commands";
  if (values == Values::stage) return "stages";
  if (values == Values::point) return "points";
  if (values == Values::parameter) return "parameters";
  if (values == Values::project) return "projects";
  if (values == Values::pipeline) return "pipelines";
  if (values == Values::question) return "questions";
  return "";
}

/// The shell function call of bash that completes a value.
std::string bash_action(const OptionRow& row) {
  switch (auto values = values_of(row)) {
    case Values::words:
      return "_windlass_words " + single_quoted(joined(words_of(row)));
    case Values::file:
      return "_windlass_files";
    case Values::folder:
      return "_windlass_folders";
    case Values::named_file:
      return "_windlass_named -f";
    case Values::named_folder:
      return "_windlass_named -d";
    case Values::run:
    case Values::step:
    case Values::command:
    case Values::stage:
    case Values::point:
    case Values::project:
    case Values::pipeline:
    case Values::question:
      return "_windlass_list " + std::string(list_of(values));
    case Values::parameter:
      return "_windlass_pairs " + std::string(list_of(values));
    case Values::none:
      return ":";
  }
  return ":";
}

constexpr std::string_view kBashHead = R"BASH(# bash completion for windlass; made by `windlass completion bash`
_windlass_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_windlass_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_windlass_folders() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); }
# NAME=PATH: only the path is completed. A shell that breaks words at = has nothing else in $cur.
_windlass_named() {
  if [[ ! $broken && $cur != *=* ]]; then return; fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "${cur#*=}")
  if [[ $cur == *=* ]]; then COMPREPLY=("${COMPREPLY[@]/#/${cur%%=*}=}"); fi
}
# The names of a list, for the rest of the line, without what says what they are.
_windlass_ask() {
  local line=() word i
  for ((i = 1; i < ${#COMP_WORDS[@]}; i++)); do
    if [[ $i -eq $COMP_CWORD ]]; then continue; fi
    word=${COMP_WORDS[i]}
    if [[ $word == [\"\']* ]]; then word=${word:1}; word=${word%[\"\']}; else word=${word//\\/}; fi
    line+=("--line=$word")
  done
  "${COMP_WORDS[0]}" completion --list "$1" "${line[@]}" 2>/dev/null | cut -f 1
}
# A name with blanks is quoted, unless it is being typed in quotes.
_windlass_list() {
  local word typed=$cur quoted=
  if [[ $typed == [\"\']* ]]; then quoted=1 typed=${typed:1}; else typed=${typed//\\/}; fi
  while IFS= read -r word; do
    if [[ $word != "$typed"* ]]; then continue; fi
    if [[ ! $quoted ]]; then printf -v word %q "$word"; word=${word//\\#/#}; fi
    COMPREPLY+=("$word")
  done < <(_windlass_ask "$1")
}
# NAME=VALUE: the names, and behind the = the values of one.
_windlass_pairs() {
  local word before= typed
  if [[ $broken ]]; then before=${COMP_WORDS[at]}=; fi
  typed=$before$cur
  while IFS= read -r word; do
    if [[ $word != "$typed"* || $word == "$typed" ]]; then continue; fi
    if [[ $typed != *=* && $word != *= ]]; then continue; fi
    if [[ $word == *= ]]; then compopt -o nospace 2>/dev/null; fi
    printf -v word %q "${word#"$before"}"
    COMPREPLY+=("$word")
  done < <(_windlass_ask "$1")
}
_windlass() {
  local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) broken= option IFS=$' \t\n'
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then _windlass_words "$(_windlass_commands) --help --version"; return; fi
  # $option is the word before the value, across an = at which the shell broke the word.
  if [[ $cur == = ]]; then cur=; broken=1; elif [[ ${COMP_WORDS[at]} == = ]]; then broken=1; at=$((at - 1)); fi
  option=${COMP_WORDS[at]}
  if [[ $broken && $option != -* ]]; then option=${COMP_WORDS[at-1]}; fi
  case ${COMP_WORDS[1]} in
)BASH";

constexpr std::string_view kBashTail = R"BASH(  esac
}
complete -F _windlass windlass
)BASH";

std::string zsh_action(const OptionRow& row) {
  switch (auto values = values_of(row)) {
    case Values::words:
      return "(" + joined(words_of(row)) + ")";
    case Values::file:
      return "_files";
    case Values::folder:
      return "_files -/";
    case Values::named_file:
      return "_windlass_named -g \"*\"";
    case Values::named_folder:
      return "_windlass_named -/";
    case Values::run:
    case Values::step:
    case Values::command:
    case Values::stage:
    case Values::point:
    case Values::project:
    case Values::pipeline:
    case Values::question:
      return "_windlass_list " + std::string(list_of(values));
    case Values::parameter:
      return "_windlass_pairs " + std::string(list_of(values));
    case Values::none:
      return " ";
  }
  return " ";
}

/// Inside an _arguments specification these have a meaning of their own.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

constexpr std::string_view kZshHead = R"ZSH(#compdef windlass
# zsh completion for windlass; made by `windlass completion zsh`
_windlass_list() {
  local -a found shown line
  local one
  line=(${(Q)words[1,CURRENT-1]} ${(Q)words[CURRENT+1,-1]})
  # _arguments puts options for compadd before what stands behind the action's name.
  for one in ${(f)"$(${_windlass_program:-windlass} completion --list ${@[-1]} --line=${^line} 2>/dev/null)"}; do
    found+=(${one%%$'\t'*})
    shown+=(${one/$'\t'/  -- })
  done
  compadd -l -d shown "${@[1,-2]}" -a found
}
_windlass_pairs() {
  local -a found names values line
  local one
  line=(${(Q)words[1,CURRENT-1]} ${(Q)words[CURRENT+1,-1]})
  found=(${(f)"$(${_windlass_program:-windlass} completion --list ${@[-1]} --line=${^line} 2>/dev/null)"})
  found=(${found%%$'\t'*})
  if compset -P 1 '*='; then
    local name=${${IPREFIX%=}##*=}
    for one in $found; do [[ $one == $name=?* ]] && values+=(${one#*=}); done
    compadd "${@[1,-2]}" -a values
  else
    for one in $found; do [[ $one == *= ]] && names+=($one); done
    compadd "${@[1,-2]}" -S '' -a names
  fi
}
_windlass_named() { if compset -P 1 '*='; then _files "$@"; fi }
_windlass() {
  local -a commands
  local _windlass_program=$words[1]
  commands=(
)ZSH";

}  // namespace

std::string bash_completion() {
  std::vector<std::string> names;
  std::string cases;
  for (const auto* command : commands()) {
    names.emplace_back(command->name);
    std::string waits;
    std::vector<std::string> options{"--help"};
    std::string rest = ":";
    for (const auto& row : command->options) {
      if (is_positional(row)) {
        rest = bash_action(row);
        continue;
      }
      options.emplace_back(row.name);
      if (row.shape != OptionRow::Shape::flag) {
        const auto letter = letter_of(command->options, row);
        waits += "        " + std::string(row.name) + (letter.empty() ? "" : "|" + std::string(letter)) + ") " +
                 bash_action(row) + "; return ;;\n";
      }
    }
    cases += "    " + std::string(command->name) + ")\n";
    if (!waits.empty()) cases += "      case $option in\n" + waits + "      esac\n";
    cases += "      if [[ $cur == -* ]]; then _windlass_words " + single_quoted(joined(options)) + "; else " + rest +
             "; fi ;;\n";
  }
  auto out = std::string(kBashHead) + cases + std::string(kBashTail);
  return "_windlass_commands() { echo " + single_quoted(joined(names)) + "; }\n" + out;
}

std::string zsh_completion(Language language) {
  std::string out(kZshHead);
  for (const auto* command : commands()) {
    out += "    " + single_quoted(std::string(command->name) + ":" + std::string(command->summary.in(language))) + "\n";
  }
  out +=
      "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  local name=$words[2]\n  shift words; (( CURRENT-- ))\n  case $name in\n";
  for (const auto* command : commands()) {
    out += "    " + std::string(command->name) + ")\n      _arguments -S '--help[" +
           zsh_text(Text{"explain this command", "说明此命令"}.in(language)) + "]'";
    for (const auto& row : command->options) {
      std::string head;
      std::string spec;
      auto metavar = zsh_text(row.metavar);
      if (is_positional(row)) {
        bool list = row.shape == OptionRow::Shape::repeated || row.shape == OptionRow::Shape::rest;
        spec = std::string(list ? "*" : ":") + ":" + metavar + ":" + zsh_action(row);
      } else {
        const bool repeated = row.shape == OptionRow::Shape::repeated;
        auto name = std::string(row.name) + (row.shape == OptionRow::Shape::flag ? "" : "=");
        if (const auto letter = letter_of(command->options, row); letter.empty()) {
          spec = (repeated ? "*" : "") + name;
        } else {
          // Two names of one option: braces of the shell make two specifications.
          head = single_quoted(repeated ? "*" : "(" + std::string(letter) + " " + std::string(row.name) + ")") + "{" +
                 std::string(letter) + "," + name + "}";
        }
        spec += "[" + zsh_text(row.help.in(language)) + "]";
        if (row.shape == OptionRow::Shape::optional_value) spec += "::" + metavar + ":" + zsh_action(row);
        if (row.shape == OptionRow::Shape::value || row.shape == OptionRow::Shape::repeated) {
          spec += ":" + metavar + ":" + zsh_action(row);
        }
      }
      out += " \\\n        " + head + single_quoted(spec);
    }
    out += " ;;\n";
  }
  return out +
         "  esac\n}\nif [[ $funcstack[1] == _windlass ]]; then _windlass \"$@\"; else compdef _windlass windlass; fi\n";
}

std::string fish_completion(Language language) {
  std::string out =
      "# fish completion for windlass; made by `windlass completion fish`\n"
      "function __windlass_list\n"
      "  set -l words (commandline -opc)\n"
      "  $words[1] completion --list $argv[1] --line=$words[2..-1] 2>/dev/null\n"
      "end\n"
      "function __windlass_pairs\n"
      "  set -l typed (commandline -ct)\n"
      "  for line in (__windlass_list $argv[1])\n"
      "    set -l value (string split -m 1 \\t -- $line)[1]\n"
      "    if string match -q '*=?*' -- $value; and not string match -q '*=*' -- $typed\n"
      "      continue\n"
      "    end\n"
      "    if string match -q '*=*' -- $typed; and not string match -q '*=?*' -- $value\n"
      "      continue\n"
      "    end\n"
      "    echo $line\n"
      "  end\n"
      "end\n"
      "function __windlass_named\n"
      "  set -l parts (string split -m 1 = -- (commandline -ct))\n"
      "  test (count $parts) -eq 2; or return\n"
      "  for path in (__fish_complete_path $parts[2])\n"
      "    echo $parts[1]=$path\n"
      "  end\n"
      "end\n"
      "complete -c windlass -f\n";
  for (const auto* command : commands()) {
    auto name = std::string(command->name);
    out += "complete -c windlass -n __fish_use_subcommand -a " + name + " -d " +
           single_quoted(command->summary.in(language)) + "\n";
    auto seen = "complete -c windlass -n '__fish_seen_subcommand_from " + name + "'";
    for (const auto& row : command->options) {
      std::string line = seen;
      if (!is_positional(row)) line += " -l " + std::string(row.name.substr(2));
      if (const auto letter = letter_of(command->options, row); !letter.empty()) {
        line += " -s " + std::string(letter.substr(1));
      }
      auto values = values_of(row);
      bool takes_value = row.shape == OptionRow::Shape::value || row.shape == OptionRow::Shape::repeated;
      if (!is_positional(row) && takes_value) line += " -r";
      if (values == Values::words) line += " -f -a " + single_quoted(joined(words_of(row)));
      if (values == Values::file) line += " -F";
      if (values == Values::folder) line += " -f -a '(__fish_complete_directories)'";
      if (values == Values::named_file || values == Values::named_folder) line += " -f -a '(__windlass_named)'";
      if (auto list = list_of(values); !list.empty()) {
        line += std::string(" -f -a '(__windlass_") + (values == Values::parameter ? "pairs " : "list ") +
                std::string(list) + ")'";
      }
      if (is_positional(row) && line == seen) continue;
      out += line + " -d " + single_quoted(row.help.in(language)) + "\n";
    }
  }
  return out;
}

}  // namespace windlass::cli
