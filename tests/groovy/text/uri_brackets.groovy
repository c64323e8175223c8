// Brackets stand in a URI's query, fragment and opaque part, not in its path; an opaque one has no path.
for (t in ['[, , ]', '[a]', 'a[b', 'http://h/[a]', 'http://h/a?[b]', 'http://h/a#[b]', 'http://[::1]/a', 'http://h/a]', 'mailto:[a]', 'x:y[z', 'http://h/a{b', 'a|b']) {
    try { println t + ' -> ' + t.toURI().path } catch (Exception e) { println t + ' !! ' + e.message }
}
