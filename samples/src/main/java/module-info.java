/// Sample programs and their data, and no Java.
module org.nnlang.samples {}
