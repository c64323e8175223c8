def branch = 'origin/release/2.1'
println branch.replaceFirst('^origin/', '')
println branch.substring(branch.lastIndexOf('/') + 1)
println branch.split('/').last()
println branch.tokenize('/')[1..-1].join('/')
println branch.contains('release') && !branch.endsWith('x')
switch (branch) {
    case ~/.*release.*/: println 'release'; break
    default: println 'other'
}
