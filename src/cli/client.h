// A server as the client commands see it: where it is, who we are, one request at a time.
//
// `windlass login` writes both into CONFIG/windlass/server.json (0600, CONFIG is XDG_CONFIG_HOME or ~/.config);
// WINDLASS_SERVER, WINDLASS_TOKEN and WINDLASS_CA come before it. Errors are sentences for people; a refusal is the
// server's own sentence.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "data/value.h"

namespace windlass::cli {

struct ServerPlace {
  std::string url;  ///< without a slash at its end
  std::string token;
  std::string user;
  std::string ca_file;
};

/// Where the file of this user is; empty without a home.
std::string server_file(const Invocation& in);
Result<ServerPlace> server_place(const Invocation& in);
Result<> keep_server_place(const Invocation& in, const ServerPlace& place);

/// "PROJECT/PIPELINE#NUMBER", parts behind the first optional.
struct RunName {
  std::string project, pipeline;
  std::uint64_t number = 0;  ///< 0: not given
};
Result<RunName> parse_run_name(const std::string& text, bool number_needed, Language language);

class Client {
 public:
  Client(ServerPlace place, Language language) : place_(std::move(place)), language_(language) {}
  static Result<Client> open(const Invocation& in);

  struct Answer {
    int status = 0;
    std::string body;
    bool more = false;       ///< X-More-Data
    std::uint64_t size = 0;  ///< X-Text-Size
  };
  /// Any status. Errors: the server cannot be reached.
  Result<Answer> send(const std::string& method, const std::string& path, const data::Value* body = nullptr,
                      const std::function<bool(std::string_view)>& sink = {}) const;
  /// The JSON of a good answer; a bad one is an error: not_found, forbidden, conflict, invalid, unavailable.
  Result<data::Value> json(const std::string& method, const std::string& path, const data::Value* body = nullptr) const;

  /// Gives the body of a good answer part by part; `take` returns false to end it. Errors as json().
  Result<> download(const std::string& method, const std::string& path,
                    const std::function<bool(std::string_view)>& take) const;

  /// The path of a run or of a pipeline's runs in the API by numbers.
  static std::string runs_path(const RunName& run);
  /// A whole run in one answer, in our own API.
  static std::string view_path(const RunName& run);
  static std::string pipeline_path(const RunName& run);
  /// The object. not_found: there is no such pipeline.
  [[nodiscard]] Result<data::Value> pipeline(const RunName& run) const;
  /// The newest run where no number is given. not_found: there is none, or no such pipeline.
  Result<RunName> resolve(RunName run) const;
  [[nodiscard]] const ServerPlace& place() const { return place_; }
  /// Waits so long for each answer at most, for who cannot wait.
  void set_patience(std::int64_t millis) { patience_ = millis; }

 private:
  ServerPlace place_;
  Language language_;
  std::int64_t patience_ = 90'000;  ///< longer than the longest wait that is asked for
};

/// Writes the log of a run as it grows, from `offset`; gives Blue Ocean's run at its end.
Result<data::Value> follow_log(const Client& client, const RunName& run, std::uint64_t offset = 0);
/// A text as part of an address.
std::string percent_encoded(std::string_view text);
/// The exit code of a run that ended so.
int exit_code_of_result(const std::string& result);
/// "client: SENTENCE" on standard error with the exit code of that kind of error.
int complain_of(std::string_view command, const Error& error, Language language);

}  // namespace windlass::cli
