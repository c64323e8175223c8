#include "cli/tree_view.h"

namespace windlass::cli {

TreeView::TreeView(TreeFacts facts, TreeStyle style, LiveRegion::Writer writer, Clock clock, Size size)
    : facts_(std::move(facts)),
      style_(style),
      region_(std::move(writer)),
      clock_(std::move(clock)),
      size_(std::move(size)) {}

void TreeView::on_log(std::string_view branch, std::uint64_t node, std::string_view text) {
  model_.on_log(branch, node, text);
}

void TreeView::take_size() {
  auto [columns, rows] = size_();
  style_.width = columns;
  style_.height = rows;
}

void TreeView::tick() {
  if (model_.finished()) return;
  take_size();
  region_.draw(frame(model_, facts_, style_, clock_()), style_.width, style_.height);
}

void TreeView::leave(const std::vector<std::string>& hints) {
  take_size();
  region_.leave(summary(model_, facts_, style_, clock_(), hints));
}

}  // namespace windlass::cli
