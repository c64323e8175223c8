// Effects that call a service from here and read or write files of a pod (httpRequest, mail, s3Upload …): the files
// that they may read come into a folder of this machine that stands for the pod's `/`, the effect runs over it, and
// what it wrote goes to the pod.
//
// Invariant: with a mirror, no path of the script leads to a file of this machine outside of it. Such an effect must
// never be performed here for a pod's place without one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "files/fd.h"
#include "steps/effect.h"
#include "steps/remote_effect.h"
#include "steps/remote_push.h"

namespace windlass::steps {

class RemoteMirror {
 public:
  /// `context` is of the pod; `folder` is an empty folder of this machine, the caller's to remove. Both must live as
  /// long as this.
  RemoteMirror(EffectContext& context, std::string_view effect, const data::Value& arguments, std::string folder);

  /// Whether files come first: then request() is performed in the pod, and its output is decoded with
  /// `{.effect = kReadEffect}` into sink().
  [[nodiscard]] bool has_reads() const { return wanted_.size() != 0; }
  [[nodiscard]] RemoteRequest request() const;
  FileSink& sink() { return sink_; }

  /// The effect over the mirror. Its log, error and result name the pod's paths.
  Outcome perform(EffectFunction function);
  /// The scripts that bring what it wrote to the pod; after perform().
  Result<PushScripts> written();

 private:
  /// Files of the mirror by the paths of the pod.
  class Sink final : public FileSink {
   public:
    explicit Sink(const std::string& folder) : folder_(folder) {}
    /// When the file of that path was changed over there; nothing for one that did not come.
    [[nodiscard]] std::optional<std::int64_t> modified(const std::string& path) const;
    Result<> begin(const std::string& path, std::uint32_t mode, std::int64_t modified) override;
    Result<> bytes(std::string_view bytes) override;
    Result<> end() override;
    Result<> clear(const std::string& folder) override;

   private:
    const std::string& folder_;
    files::Fd file_;
    std::string path_;
    std::map<std::string, std::int64_t> modified_;
  };

  EffectContext& context_;
  std::string effect_;
  const data::Value& arguments_;
  std::string folder_;
  data::Value wanted_ = data::Value::list();
  Sink sink_{folder_};
};

}  // namespace windlass::steps
