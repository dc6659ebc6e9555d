import JOSE
import OIDCLogic

/// CSV with the names of its columns in the first line.
///
/// An empty cell says nothing.
enum CSVUsers {
    static func read(_ bytes: [UInt8]) -> UserFile {
        var file = UserFile()
        var csv = CSV(bytes)
        do throws(CSV.Fault) {
            guard let header = try csv.next() else {
                file.faults.append(UserFileFault(line: 1, "the file is empty; its first line names the columns"))
                return file
            }
            guard let columns = columns(header, &file.faults) else { return file }
            while let record = try csv.next() { read(record, columns, into: &file) }
        } catch {
            file.faults.append(UserFileFault(line: error.line, error.text))
        }
        return file
    }

    private static func read(_ record: CSV.Record, _ columns: [CSVColumn], into file: inout UserFile) {
        guard record.fields.count == columns.count else {
            file.faults.append(
                UserFileFault(
                    line: record.line,
                    "there are \(record.fields.count) fields, and the first line names \(columns.count)"))
            return
        }
        var row = CSVRow()
        var faults: [UserFileFault] = []
        for (column, field) in zip(columns, record.fields) where !field.isEmpty {
            do throws(AdministrationError) {
                guard let text = String(validating: field, as: UTF8.self) else {
                    throw .invalid("\(column.name) is not UTF-8; save the file as \"CSV UTF-8\"")
                }
                try row.set(column, to: text)
            } catch {
                faults.append(UserFileFault(line: record.line, error.description))
            }
        }
        if faults.isEmpty { file.add(row.members, line: record.line) } else { file.faults += faults }
    }

    /// Nil if they can't be told apart; then nothing else can be read.
    private static func columns(_ header: CSV.Record, _ faults: inout [UserFileFault]) -> [CSVColumn]? {
        var columns: [CSVColumn] = []
        let count = faults.count
        let others = [UInt8(ascii: ";"), UInt8(ascii: "\t")]
        guard header.fields.count > 1 || !header.fields[0].contains(where: others.contains) else {
            faults.append(
                UserFileFault(line: header.line, "the columns must be separated by commas; save the file with those"))
            return nil
        }
        for field in header.fields {
            do throws(AdministrationError) {
                guard let name = String(validating: field, as: UTF8.self) else {
                    throw .invalid("the name of a column is not UTF-8; save the file as \"CSV UTF-8\"")
                }
                let column = try CSVColumn(name)
                guard !columns.contains(where: { $0.means(column) }) else {
                    throw .invalid("the column \"\(name)\" is there twice")
                }
                columns.append(column)
            } catch {
                faults.append(UserFileFault(line: header.line, error.description))
            }
        }
        let names = columns.map(\.name)
        if faults.count == count, !names.contains("username") {
            faults.append(
                UserFileFault(
                    line: header.line, "there is no column \"username\"; the first line names the columns"))
        }
        if names.contains("password") && names.contains("password_hash") {
            faults.append(UserFileFault(line: header.line, "the columns password and password_hash exclude each other"))
        }
        return faults.count == count ? columns : nil
    }
}
