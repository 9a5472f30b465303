import Diagnostics
import Testing

@testable import Evaluation

@Suite("Names of measures")
struct MeasureParsingTests {
  @Test(
    "a name is read as ir_measures writes it",
    arguments: [
      ("nDCG@3", "nDCG@3"), ("ndcg", "nDCG"), ("R@100", "R@100"), ("Recall@10", "R@10"), ("RR", "RR"),
      ("MRR", "RR"), ("MRR@10", "RR@10"), ("MAP", "AP"), ("AP@1000", "AP@1000"), ("P@5", "P@5"),
      ("Precision@5", "P@5"), ("Judged@10", "Judged@10"), ("judged", "Judged"), ("Success@1", "Success@1"),
      ("RPrec", "Rprec"), ("BPref", "Bpref"), ("infAP", "infAP"), ("SetP", "SetP"), ("SetR", "SetR"),
      ("SetF", "SetF"), ("R(rel=2)@100", "R(rel=2)@100"), ("R( rel = 2 )@100", "R(rel=2)@100"),
      ("AP(rel=1)", "AP"), ("nDCG(judged_only=True)@10", "nDCG(judged_only=True)@10"),
      ("P(judged_only=True, rel=3)@5", "P(rel=3,judged_only=True)@5"), ("P(judged_only=False)@5", "P@5"),
    ])
  func reads(text: String, name: String) throws {
    let measure = try Measure(parsing: text)
    #expect(measure.description == name)
    #expect(try Measure(parsing: measure.description) == measure)
  }

  @Test(
    "what is not a measure is refused with a word of help",
    arguments: [
      ("nDGC@3", "did you mean nDCG?"), ("Mrr10", "did you mean MRR?"), ("Reall@5", "did you mean Recall?"),
      ("mpa", "did you mean MAP?"), ("SerT", "did you mean SetR?"), ("foo@5", "expected one of nDCG, R, P"),
      ("", "'' is not known"), ("@5", "'' is not known"), ("R", "needs a cut-off, as in R@10"),
      ("P", "needs a cut-off, as in P@10"), ("Success", "needs a cut-off"), ("Rprec@5", "takes no cut-off"),
      ("infAP@5", "takes no cut-off"), ("nDCG@0", "not '0'"), ("nDCG@-3", "not '-3'"), ("nDCG@3.5", "not '3.5'"),
      ("nDCG@", "not ''"), ("nDCG@99999999999999999999", "a rank of 1 or more"), ("nDCG@٣", "not '٣'"),
      ("R(rel=0)@5", "rel is the lowest relevant grade"), ("R(rel=)@5", "rel is the lowest relevant grade"),
      ("R(rel)@5", "rel is the lowest relevant grade"), ("nDCG(rel=2)@5", "takes no rel"),
      ("Judged(rel=2)@5", "takes no rel"), ("nDCG(gains=2)@5", "'gains=2' is not a parameter"),
      ("R(rel=2@5", "parenthesis is not closed"), ("R(rel=2)x@5", "parenthesis is not closed"),
      ("AP(judged_only=yes)", "judged_only is True or False"), ("Bpref(judged_only=True)", "takes no judged_only"),
    ])
  func refuses(text: String, words: String) {
    let error = #expect(throws: ParlanceError.self) { try Measure(parsing: text) }
    #expect(error?.code == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.hasPrefix("measure '\(text)': ") == true)
  }

  @Test("a list is separated by spaces or commas, without repetitions")
  func list() throws {
    let measures = try Measure.list(parsing: " nDCG@3, R(rel=2, judged_only=True)@100\tMRR  RR AP ")
    #expect(measures.map(\.description) == ["nDCG@3", "R(rel=2,judged_only=True)@100", "RR", "AP"])
    #expect(throws: ParlanceError.self) { try Measure.list(parsing: " , ") }
  }

  @Test("a measure made in Swift obeys the same rules")
  func memberwise() {
    #expect(Measure(.nDCG, at: 3)?.description == "nDCG@3")
    #expect(Measure(.R) == nil)
    #expect(Measure(.Rprec, at: 3) == nil)
    #expect(Measure(.nDCG, at: 3, minimumGrade: 2) == nil)
    #expect(Measure(.R, at: 0) == nil)
    #expect(Measure(.R, at: 1, minimumGrade: 0) == nil)
    #expect(Measure(.bpref, judgedOnly: true) == nil)
  }
}
