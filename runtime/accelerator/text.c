/* Twins of stdlib/text.py. */

#include "twins.h"

#include <string.h>

TWIN(split)
{
    if (GOT(2) && is_text(args[0]) && is_text(args[1]) && PyUnicode_GetLength(args[1]) > 0) {
        return PyUnicode_Split(args[0], args[1], -1);
    }
    return REFER();
}

TWIN(replace_all)
{
    if (GOT(3) && is_text(args[0]) && is_text(args[1]) && is_text(args[2])) {
        return PyUnicode_Replace(args[0], args[1], args[2], -1);
    }
    return REFER();
}

TWIN(substring)
{
    long long start, end;
    if (GOT(3) && is_text(args[0]) && is_integer(args[1], &start) && is_integer(args[2], &end)) {
        long long length = PyUnicode_GetLength(args[0]);
        start = start < 0 ? 0 : start > length ? length : start;
        end = end < start ? start : end > length ? length : end;
        return PyUnicode_Substring(args[0], (Py_ssize_t)start, (Py_ssize_t)end);
    }
    return REFER();
}

/* Only for ASCII, where nothing can be half a surrogate pair. */
TWIN(find_all)
{
    if (!GOT(2) || !is_text(args[0]) || !is_ascii(args[1])) {
        return REFER();
    }
    Py_ssize_t width = PyUnicode_GetLength(args[1]), length = PyUnicode_GetLength(args[0]);
    Py_ssize_t at = 0;
    PyObject *found = PyList_New(0);
    while (found != NULL) {
        at = at > length ? -1 : PyUnicode_Find(args[0], args[1], at, length, 1);
        if (at < 0) {
            break;
        }
        PyObject *position = PyLong_FromSsize_t(at);
        if (position == NULL || PyList_Append(found, position) < 0) {
            Py_CLEAR(found);
        }
        Py_XDECREF(position);
        at += width ? width : 1;
    }
    if (at == -2) { /* an error of Python's */
        Py_CLEAR(found);
    }
    return found;
}

/* The ASCII letters from `first` on in the other case; NULL without an error for other text. */
static PyObject *
other_case(PyObject *value, char first)
{
    Py_ssize_t size;
    if (!is_ascii(value)) {
        return NULL;
    }
    const char *octets = PyUnicode_AsUTF8AndSize(value, &size);
    char *made = PyMem_Malloc((size_t)size + 1);
    if (made == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        int is_letter = octets[i] >= first && octets[i] < first + 26;
        made[i] = (char)(is_letter ? octets[i] ^ ('a' ^ 'A') : octets[i]);
    }
    PyObject *result = PyUnicode_FromStringAndSize(made, size);
    PyMem_Free(made);
    return result;
}

TWIN(to_lower)
{
    PyObject *result = GOT(1) ? other_case(args[0], 'A') : NULL;
    return result != NULL || PyErr_Occurred() ? result : REFER();
}

TWIN(to_upper)
{
    PyObject *result = GOT(1) ? other_case(args[0], 'a') : NULL;
    return result != NULL || PyErr_Occurred() ? result : REFER();
}
