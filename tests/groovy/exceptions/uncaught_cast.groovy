Integer i = 'text'
