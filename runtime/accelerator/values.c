/* Twins of values.py: deep copies, and arguments as the workflow sees them. */

#include "twins.h"

/* What a value inside becomes, a new reference; `reference` as for its twin. */
typedef PyObject *(*Rule)(PyObject *reference, PyObject *value, int depth);

/* A new list of what the elements become. */
static PyObject *
list_of(PyObject *list, Rule rule, PyObject *reference, int depth)
{
    Py_ssize_t size = PyList_Size(list);
    PyObject *made = PyList_GetSlice(list, 0, size);
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *value = PyList_GetItem(made, i);
        PyObject *becomes = rule(reference, value, depth);
        if (becomes == NULL) {
            Py_DECREF(made);
            return NULL;
        }
        if (becomes == value) {
            Py_DECREF(becomes);
        }
        else {
            PyList_SetItem(made, i, becomes);
        }
    }
    return made;
}

/* A new map of what the values become. */
static PyObject *
map_of(PyObject *map, Rule rule, PyObject *reference, int depth)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    PyObject *made = PyDict_Copy(map);
    if (made == NULL) {
        return NULL;
    }
    while (PyDict_Next(made, &position, &key, &value)) {
        PyObject *becomes = rule(reference, value, depth);
        /* to change the value of a key that is there is allowed inside PyDict_Next */
        if (becomes == NULL || (becomes != value && PyDict_SetItem(made, key, becomes) < 0)) {
            Py_XDECREF(becomes);
            Py_DECREF(made);
            return NULL;
        }
        Py_DECREF(becomes);
    }
    return made;
}

/* -- copy ------------------------------------------------------------------------------------ */

static PyObject *
copy_of(PyObject *reference, PyObject *value, int depth)
{
    int list = is_list(value);
    if (!list && !is_map(value)) {
        return Py_NewRef(value);
    }
    if (depth == DEEPEST) {
        return PyObject_CallFunctionObjArgs(reference, value, NULL);
    }
    return (list ? list_of : map_of)(value, copy_of, reference, depth + 1);
}

TWIN(copy)
{
    return GOT(1) ? copy_of(reference, args[0], 0) : REFER();
}

/* -- argument -------------------------------------------------------------------------------- */

static int
has_ascii_keys(PyObject *map)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(map, &position, &key, &value)) {
        if (!is_ascii(key)) {
            return 0;
        }
    }
    return 1;
}

static PyObject *
argument_of(PyObject *reference, PyObject *value, int depth)
{
    long long whole;
    double number;
    if (is_double(value)) {
        number = PyFloat_AsDouble(value);
        if (number - number == 0.0) { /* finite */
            return Py_NewRef(value);
        }
    }
    else if (value == Py_None || PyBool_Check(value) || is_integer(value, &whole)
             || is_ascii(value)) {
        return Py_NewRef(value);
    }
    else if (depth < DEEPEST && is_list(value)) {
        return list_of(value, argument_of, reference, depth + 1);
    }
    else if (depth < DEEPEST && is_map(value) && has_ascii_keys(value)) {
        return map_of(value, argument_of, reference, depth + 1);
    }
    return PyObject_CallFunction(reference, "Oi", value, depth);
}

TWIN(plain)
{
    long long depth;
    if (GOT(2) && is_integer(args[1], &depth) && depth >= 0 && depth <= DEEPEST) {
        return argument_of(reference, args[0], (int)depth);
    }
    return REFER();
}

/* -- deeper_than ----------------------------------------------------------------------------- */

static int
is_deeper(PyObject *value, long long depth)
{
    PyObject *key;
    Py_ssize_t position = 0;
    if (is_list(value)) {
        while (depth > 0 && position < PyList_Size(value)) {
            if (is_deeper(PyList_GetItem(value, position++), depth - 1)) {
                return 1;
            }
        }
        return depth == 0;
    }
    if (is_map(value)) {
        PyObject *map = value;
        while (depth > 0 && PyDict_Next(map, &position, &key, &value)) {
            if (is_deeper(value, depth - 1)) {
                return 1;
            }
        }
        return depth == 0;
    }
    return 0;
}

TWIN(deeper_than)
{
    long long depth;
    if (GOT(2) && is_integer(args[1], &depth) && depth >= 0 && depth <= DEEPEST) {
        return PyBool_FromLong(is_deeper(args[0], depth));
    }
    return REFER();
}
