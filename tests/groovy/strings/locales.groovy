def us = Locale.US
println us.language + ' ' + us.country + ' ' + us + ' ' + us.toLanguageTag()
println new Locale('pt', 'BR').toString() + ' ' + new Locale('EN', 'us') + ' ' + new Locale('', 'CH').country
println Locale.forLanguageTag('zh-CN').toString() + ' ' + Locale.forLanguageTag('en').country + '|' + Locale.forLanguageTag('EN-us')
println Locale.ROOT.toString() + '|' + Locale.ROOT.toLanguageTag() + '|' + Locale.ROOT.language
println us == new Locale('en', 'US')
println us.equals(Locale.ENGLISH)
println Locale.default
println([Locale.ENGLISH, Locale.FRENCH, Locale.GERMAN, Locale.ITALIAN, Locale.JAPANESE, Locale.KOREAN, Locale.CHINESE, Locale.SIMPLIFIED_CHINESE,
    Locale.TRADITIONAL_CHINESE, Locale.FRANCE, Locale.GERMANY, Locale.ITALY, Locale.JAPAN, Locale.KOREA, Locale.UK, Locale.CANADA,
    Locale.CANADA_FRENCH, Locale.CHINA, Locale.PRC, Locale.TAIWAN].join(' '))
println([(Locale.UK): 1][new Locale('en', 'GB')])
