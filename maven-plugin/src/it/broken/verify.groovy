def log = new File(basedir, 'build.log').text.replace('\\', '/')
assert log.contains('src/main/nn/com/example/digits.nn [4:7]: NN0203: the inner dimensions of `@` differ: 128 and 256')
assert log.contains('1 error in a .nn program')
assert !new File(basedir, 'target/generated-sources/nn').exists()
assert log.contains("Could not find goal 'chek' in plugin org.nnlang:nn-maven-plugin")
assert log.contains('among available goals check, compile, format, format-check, help, test, train')
assert log.contains('NN_JAVA_HOME is /no/such/folder, which holds no JDK 25: set it to the folder of one, or unset it')
assert log.contains('a .nn program is not in the style of the language: `mvn nn:format`')
assert log.count('src/main/nn/com/example/ugly.nn\n') == 2
assert new File(basedir, 'src/main/nn/com/example/ugly.nn').text == 'val a = 1\n'
