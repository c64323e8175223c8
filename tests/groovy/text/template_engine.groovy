def t = new groovy.text.SimpleTemplateEngine().createTemplate('Hello $name, <% items.each { %>[<%= it %>]<% } %> ${1 + 1}')
println t.make([name: 'Bob', items: ['a', 'b']]).toString()
println new groovy.text.GStringTemplateEngine().createTemplate('v=$v').make([v: 5])
