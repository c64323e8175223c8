// The two outputs for machines and pipes: `plain` is the Jenkins console text, byte for byte; `json` one event a line.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/console.h"

namespace windlass::cli {

using Writer = std::function<bool(std::string_view)>;  ///< false: nobody reads any more

class PlainView : public engine::RunObserver {
 public:
  explicit PlainView(Writer writer) : write_(std::move(writer)) {}
  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view, std::uint64_t, std::string_view text) override { write_(text); }
  void on_node_started(const engine::FlowNode&) override {}
  void on_node_ended(const engine::FlowNode&) override {}
  void on_waiting(const std::vector<engine::Waiting>&) override {}
  void on_aborting() override {}
  void on_finished(std::string_view) override {}

 private:
  Writer write_;
};

/// The events of docs/formats/events.md.
class JsonView : public engine::RunObserver {
 public:
  explicit JsonView(Writer writer) : write_(std::move(writer)) {}
  void on_run(std::string_view job, std::uint64_t number) override;
  void on_log(std::string_view branch, std::uint64_t node, std::string_view text) override;
  void on_node_started(const engine::FlowNode& node) override;
  void on_node_ended(const engine::FlowNode& node) override;
  void on_waiting(const std::vector<engine::Waiting>& waiting) override;
  void on_aborting() override;
  void on_finished(std::string_view result) override;

 private:
  void emit(const data::Value& event);
  Writer write_;
};

}  // namespace windlass::cli
