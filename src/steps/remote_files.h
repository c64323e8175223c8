// Files that a pod sends, written where the run keeps its files. The decoder has checked their paths; here they are
// kept below the run's folders whatever links may lie there.
#pragma once

#include <map>
#include <set>
#include <string>

#include "files/root.h"
#include "steps/effect.h"
#include "steps/remote_effect.h"

namespace windlass::steps {

class RunFolderSink final : public FileSink {
 public:
  /// `run` must live as long as the sink. Folders are made with the first file.
  explicit RunFolderSink(RunServices& run) : run_(run) {}

  Result<> begin(const std::string& path, std::uint32_t mode, std::int64_t modified) override;
  Result<> bytes(std::string_view bytes) override;
  Result<> end() override;
  Result<> clear(const std::string& folder) override;
  /// Makes all of them durable: before the outcome, whose records name them, is written.
  Result<> finish();

 private:
  struct Split {
    const files::Root* root;
    std::string rest;  ///< below the root
  };
  Result<Split> split(const std::string& path);

  RunServices& run_;
  std::map<std::string, files::Root> roots_;  ///< by the name of run_folder()
  std::set<std::string> folders_;
  files::Fd file_;
  std::string path_;
  std::uint32_t mode_ = 0;
  std::int64_t modified_ = 0;
};

}  // namespace windlass::steps
