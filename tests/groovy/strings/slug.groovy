def slug = { String s -> s.toLowerCase().replaceAll(/[^a-z0-9]+/, '-').replaceAll(/^-+|-+$/, '').take(20) }
println slug('Feature/JIRA-123: Add Login!')
println slug('__x__')
println slug('A very long branch name that goes on')
