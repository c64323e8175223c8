#include "cli/questions.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <vector>

#include "cli/command.h"
#include "cli/echo_off.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using data::Value;

struct Parameter {
  std::string name;
  std::string description;
  std::string standard;  ///< what an empty answer means
  std::vector<std::string> choices;
  bool is_boolean = false;
  bool is_password = false;
};

bool is_a(const Value& definition, std::string_view symbol, std::string_view java_class) {
  auto type = definition.get_string("$class");
  return type == symbol || type.ends_with(java_class);
}

Parameter described(const Value& definition) {
  Parameter parameter;
  parameter.name = definition.get_string("name");
  parameter.description = without_controls(definition.get_string("description"));
  parameter.is_boolean = is_a(definition, "booleanParam", "BooleanParameterDefinition");
  parameter.is_password = is_a(definition, "password", "PasswordParameterDefinition") ||
                          is_a(definition, "nonStoredPassword", "NonStoredPasswordParam");
  if (const auto* choices = definition.find("choices"); choices != nullptr) {
    if (choices->is_list()) {
      for (const auto& choice : choices->items()) parameter.choices.push_back(choice.text());
    } else {
      auto text = choices->text();  // one a line
      for (std::size_t at = 0; at <= text.size();) {
        auto end = std::min(text.find('\n', at), text.size());
        parameter.choices.push_back(text.substr(at, end - at));
        at = end + 1;
      }
    }
    if (!parameter.choices.empty()) parameter.standard = parameter.choices.front();
  } else if (const auto* value = definition.find("defaultValue"); value != nullptr && !value->is_null()) {
    parameter.standard = value->is_bool() ? (value->as_bool() ? "true" : "false") : value->text();
  }
  return parameter;
}

/// What the person meant, or nothing if it is none of the choices. A choice may be named by its number.
std::optional<Value> understood(const Parameter& parameter, const std::string& text) {
  if (parameter.is_boolean) {
    if (text == "true" || text == "y" || text == "yes") return Value(true);
    if (text == "false" || text == "n" || text == "no") return Value(false);
    return std::nullopt;
  }
  if (parameter.choices.empty()) return Value(text);
  const auto& choices = parameter.choices;
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return Value(text);
  auto number = std::strtoul(text.c_str(), nullptr, 10);
  if (number >= 1 && number <= choices.size()) return Value(choices[number - 1]);
  return std::nullopt;
}

std::string prompt(const Parameter& parameter) {
  std::string out = "  " + without_controls(parameter.name);
  if (!parameter.description.empty()) out += " (" + parameter.description + ")";
  if (!parameter.choices.empty()) {
    out += "\n";
    for (std::size_t i = 0; i < parameter.choices.size(); ++i) {
      out += "    " + std::to_string(i + 1) + ") " + without_controls(parameter.choices[i]) + "\n";
    }
    out += "  ";
  }
  if (!parameter.standard.empty() && !parameter.is_password) out += " [" + without_controls(parameter.standard) + "]";
  return out + ": ";
}

/// While it lives Ctrl-C can also be waited for, whenever it comes; who handled it before handles it still.
class InterruptPipe {
 public:
  InterruptPipe() {
    if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) return;
    writer() = ends_[1];
    struct sigaction action{};
    action.sa_handler = [](int signal) {
      const int saved = errno;
      [[maybe_unused]] auto done = ::write(writer(), "", 1);
      if (before().sa_handler != SIG_DFL && before().sa_handler != SIG_IGN) before().sa_handler(signal);
      errno = saved;
    };
    ::sigaction(SIGINT, &action, &before());
  }
  ~InterruptPipe() {
    if (ends_[0] < 0) return;
    ::sigaction(SIGINT, &before(), nullptr);
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  InterruptPipe(const InterruptPipe&) = delete;
  InterruptPipe& operator=(const InterruptPipe&) = delete;
  [[nodiscard]] int fd() const { return ends_[0]; }

 private:
  // A signal's handler has no other way to find them; there is one question at a time.
  static int& writer() {
    static int fd = -1;
    return fd;
  }
  static struct sigaction& before() {
    static struct sigaction action{};
    return action;
  }
  int ends_[2] = {-1, -1};
};

Typed read_terminal_line(const InterruptPipe& interrupt) {
  std::string line;
  for (;;) {
    pollfd inputs[] = {{STDIN_FILENO, POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
    const int ready = ::poll(inputs, 2, -1);
    if ((ready < 0 && errno == EINTR) || (ready > 0 && (inputs[1].revents & POLLIN) != 0)) {
      return {Typed::Kind::interrupted, ""};
    }
    char c = 0;
    auto n = ::read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) return {Typed::Kind::interrupted, ""};
    if (n <= 0) return {line.empty() ? Typed::Kind::end : Typed::Kind::line, line};
    if (c == '\n') return {Typed::Kind::line, line};
    line += c;
  }
}

}  // namespace

std::optional<Value> ask(const engine::Question& question, Language language, const Dialogue& dialogue) {
  auto given_up = [&](const Typed& typed) -> std::optional<Value> {
    dialogue.write("\n");
    if (typed.kind == Typed::Kind::interrupted) return Value::map_of("action", "abort");
    return std::nullopt;
  };
  std::string message;
  for (std::string_view rest = question.message;;) {
    auto end = rest.find('\n');
    message += without_controls(rest.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  dialogue.write(message);
  Value params = Value::map();
  const auto& definitions = question.parameters;
  for (const auto& definition : definitions.is_list() ? definitions.items() : data::Value::List{}) {
    auto parameter = described(definition);
    for (;;) {
      auto typed = dialogue.read(prompt(parameter), parameter.is_password);
      if (parameter.is_password) dialogue.write("\n");
      if (typed.kind != Typed::Kind::line) return given_up(typed);
      if (typed.text.empty()) break;  // its default
      if (auto value = understood(parameter, typed.text)) {
        params.set(parameter.name, std::move(*value));
        break;
      }
      dialogue.write(say(language, {"  That is none of them.\n", "  不在可选范围内。\n"}));
    }
  }
  auto proceed = question.ok.empty() ? std::string("Proceed") : without_controls(question.ok);
  for (;;) {
    auto typed = dialogue.read(say(language, {"  {}? [y/n] ", "  {}？[y/n] "}, {proceed}), false);
    if (typed.kind != Typed::Kind::line) return given_up(typed);
    const auto& text = typed.text;
    if (text == "y" || text == "Y" || text == "yes")
      return Value::map_of("action", "proceed", "params", std::move(params));
    if (text == "n" || text == "N" || text == "no") return Value::map_of("action", "abort");
  }
}

std::optional<Value> ask_on_terminal(const engine::Question& question, Language language) {
  const InterruptPipe interrupt;
  return ask(question, language, {print, [&interrupt](std::string_view prompt, bool hidden) {
                                    const EchoOff echo(hidden);
                                    print(prompt);  // whoever reads it may type at once
                                    return read_terminal_line(interrupt);
                                  }});
}

}  // namespace windlass::cli
