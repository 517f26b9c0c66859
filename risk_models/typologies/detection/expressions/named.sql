-- Records that an analyst has named, by the method or a variant of it.
SELECT records.* FROM records WHERE METHOD IN :methods
