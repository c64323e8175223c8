// Search: eight queens by lists and recursion, then nine.
int solve(int n, int row, List columns, List up, List down) {
    if (row == n) return 1
    int found = 0
    for (int c = 0; c < n; c++) {
        if (columns[c] || up[row + c] || down[row - c + n]) continue
        columns[c] = up[row + c] = down[row - c + n] = true
        found += solve(n, row + 1, columns, up, down)
        columns[c] = up[row + c] = down[row - c + n] = false
    }
    return found
}
def board = { int n -> solve(n, 0, [false] * n, [false] * (2 * n), [false] * (2 * n + 1)) }
println "${board(8)} ${board(9)}"
