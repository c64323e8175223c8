def d = Date.parse('dd/MM/yyyy HH:mm', '15/08/2023 14:30')
println d.format('yyyy-MM-dd HH:mm')
println Date.parse("yyyy-MM-dd'T'HH:mm:ss", '2024-01-02T03:04:05').time
try { Date.parse('yyyy-MM-dd', 'nope') } catch (java.text.ParseException e) { println e.message; println e.errorOffset }
println new java.text.SimpleDateFormat('MMM d, yyyy').parse('Mar 5, 2024').time
